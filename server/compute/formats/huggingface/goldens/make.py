"""Tiny models of transformers with random configurations, and all that they compute (torch 2.13, transformers 5.18).

python make.py                  the models that are committed
python make.py FOLDER COUNT     COUNT models of each family into a folder, for INTERLAYER_TRANSFORMERS=FOLDER

Each folder holds config.json, model.safetensors, and golden.safetensors: the inputs, hidden_states.N, attentions.N and
outputs.N, by transformers in float64 with eager attention.
"""

import random
import shutil
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file

HERE = Path(__file__).parent


def bert(rng, **more):
    heads = rng.choice([1, 2, 3])
    return dict(
        hidden_size=heads * rng.choice([2, 4]),
        num_attention_heads=heads,
        num_hidden_layers=rng.choice([1, 2]),
        intermediate_size=rng.choice([5, 9]),
        vocab_size=rng.choice([11, 17]),
        max_position_embeddings=40,
        hidden_act=rng.choice(["gelu", "gelu_new", "relu", "silu"]),
        layer_norm_eps=rng.choice([1e-12, 1e-5]),
        **more,
    )


def distilbert(rng):
    heads = rng.choice([1, 2, 3])
    return dict(
        dim=heads * rng.choice([2, 4]),
        n_heads=heads,
        n_layers=rng.choice([1, 2]),
        hidden_dim=rng.choice([5, 9]),
        vocab_size=13,
        max_position_embeddings=40,
        activation=rng.choice(["gelu", "relu"]),
        num_labels=rng.choice([2, 4]),
    )


def gpt2(rng):
    heads = rng.choice([1, 2, 3])
    return dict(
        n_embd=heads * rng.choice([2, 4]),
        n_head=heads,
        n_layer=rng.choice([1, 2]),
        n_inner=rng.choice([None, 7]),
        n_positions=40,
        vocab_size=rng.choice([11, 17]),
        activation_function=rng.choice(["gelu_new", "relu", "silu"]),
        scale_attn_weights=rng.choice([True, False]),
        scale_attn_by_inverse_layer_idx=rng.choice([True, False]),
        tie_word_embeddings=rng.choice([True, False]),
        bos_token_id=0,
        eos_token_id=0,
    )


def decoder(rng, **more):
    shared, heads = rng.choice([(1, 1), (1, 2), (2, 2), (1, 4), (2, 4)])
    return dict(
        hidden_size=8,
        num_attention_heads=heads,
        num_key_value_heads=shared,
        head_dim=rng.choice([2, 4, 6]),
        num_hidden_layers=rng.choice([1, 2]),
        intermediate_size=rng.choice([5, 9]),
        vocab_size=rng.choice([11, 17]),
        max_position_embeddings=64,
        rms_norm_eps=rng.choice([1e-6, 1e-3]),
        tie_word_embeddings=rng.choice([True, False]),
        bos_token_id=0,
        eos_token_id=0,
        pad_token_id=None,
        **more,
    )


def rope(rng):
    theta = rng.choice([100.0, 10000.0])
    return rng.choice(
        [
            dict(rope_type="default", rope_theta=theta),
            dict(rope_type="linear", rope_theta=theta, factor=3.0),
            dict(
                rope_type="llama3",
                rope_theta=theta,
                factor=8.0,
                low_freq_factor=1.0,
                high_freq_factor=4.0,
                original_max_position_embeddings=16,
            ),
        ]
    )


def vit(rng, **more):
    heads = rng.choice([1, 2, 3])
    return dict(
        hidden_size=heads * rng.choice([2, 4]),
        num_attention_heads=heads,
        num_hidden_layers=rng.choice([1, 2]),
        intermediate_size=rng.choice([5, 9]),
        image_size=rng.choice([4, 6]),
        patch_size=2,
        num_channels=rng.choice([1, 3]),
        hidden_act=rng.choice(["gelu", "relu"]),
        qkv_bias=rng.choice([True, False]),
        num_labels=rng.choice([2, 3]),
        **more,
    )


HEADS = ["ForSequenceClassification", "ForMaskedLM", "ForTokenClassification", "ForQuestionAnswering"]
FAMILIES = {
    "Bert": (
        ["Model", *HEADS, "ForPreTraining", "ForNextSentencePrediction"],
        lambda rng: bert(rng, num_labels=3, tie_word_embeddings=rng.choice([True, False])),
    ),
    "Roberta": (["Model", *HEADS], lambda rng: bert(rng, pad_token_id=1, num_labels=3, type_vocab_size=rng.choice([1, 2]))),
    "DistilBert": (["Model", *HEADS], distilbert),
    "GPT2": (["Model", "LMHeadModel"], gpt2),
    "Llama": (
        ["Model", "ForCausalLM"],
        lambda rng: decoder(
            rng,
            rope_parameters=rope(rng),
            attention_bias=rng.choice([True, False]),
            mlp_bias=rng.choice([True, False]),
        ),
    ),
    "Mistral": (["Model", "ForCausalLM"], lambda rng: decoder(rng, sliding_window=rng.choice([None, 3]))),
    "Qwen2": (
        ["Model", "ForCausalLM"],
        lambda rng: decoder(rng, use_sliding_window=rng.choice([True, False]), sliding_window=3, max_window_layers=1),
    ),
    "Qwen3": (["Model", "ForCausalLM"], lambda rng: decoder(rng)),
    "ViT": (["Model", "ForImageClassification"], vit),
    "DeiT": (["Model", "ForImageClassification"], vit),
}
#: What is committed: the class and its seed.
COMMITTED = {
    "BertForSequenceClassification": 1,
    "BertForMaskedLM": 2,
    "RobertaForQuestionAnswering": 3,
    "DistilBertForTokenClassification": 4,
    "GPT2LMHeadModel": 5,
    "LlamaForCausalLM": 8,
    "MistralForCausalLM": 7,
    "Qwen2ForCausalLM": 3,
    "Qwen3Model": 9,
    "ViTForImageClassification": 10,
    "DeiTModel": 11,
}


def make(folder, name, family, settings, seed):
    rng = random.Random(f"{name} {seed}")
    torch.manual_seed(seed)
    chosen = {**settings(rng), **({"num_labels": 2} if name.endswith("QuestionAnswering") else {})}
    config = getattr(transformers, f"{family}Config")(**chosen, attn_implementation="eager")
    model = getattr(transformers, name)(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0, 0.5)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    if family in ("ViT", "DeiT"):
        inputs = {"pixel_values": torch.randn(2, config.num_channels, config.image_size, config.image_size)}
    else:
        ids = torch.randint(2, config.vocab_size, (2, 7))
        inputs = {"input_ids": ids}
        if family in ("Bert", "Roberta", "DistilBert"):
            mask = torch.ones_like(ids)
            mask[1, 5:] = 0
            inputs["attention_mask"] = mask
            if family == "Roberta":
                ids[1, 5:] = config.pad_token_id
        if getattr(config, "type_vocab_size", 1) > 1:
            inputs["token_type_ids"] = torch.randint(0, 2, (2, 7))
    model.double()
    with torch.no_grad():
        found = model(**{key: value.double() if value.is_floating_point() else value for key, value in inputs.items()}, output_hidden_states=True, output_attentions=True)
    golden = {f"inputs.{key}": value.int() if not value.is_floating_point() else value for key, value in inputs.items()}
    for key in ("hidden_states", "attentions"):
        for at, tensor in enumerate(found[key]):
            golden[f"{key}.{at}"] = tensor
    rest = [key for key in found.keys() if key not in ("hidden_states", "attentions") and isinstance(found[key], torch.Tensor)]
    for at, key in enumerate(rest):
        golden[f"outputs.{at}"] = found[key]
    save_file({key: (value.float() if value.is_floating_point() else value).contiguous().clone() for key, value in golden.items()}, folder / "golden.safetensors")


def main():
    transformers.utils.logging.set_verbosity_error()
    if len(sys.argv) > 1:
        for family, (heads, settings) in FAMILIES.items():
            for seed in range(int(sys.argv[2])):
                name = f"{family}{heads[seed % len(heads)]}"
                make(Path(sys.argv[1]) / f"{name}-{seed}", name, family, settings, 100 + seed)
        return
    for name, seed in COMMITTED.items():
        family = next(each for each in sorted(FAMILIES, key=len, reverse=True) if name.startswith(each))
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        make(folder, name, family, FAMILIES[family][1], seed)
    model = HERE / "BertForMaskedLM"
    half = {name: tensor.bfloat16() for name, tensor in load_file(model / "model.safetensors").items()}
    save_file(half, HERE / "half.safetensors")


main()
