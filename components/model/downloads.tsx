'use client';
import { Download as Icon } from 'lucide-react';
import { path } from '@/components/state/api.ts';
import { cx } from '@/components/ui/index.ts';
import type { Download, DownloadFormat } from '@/core/api/index.ts';

const NAMES: Readonly<Record<DownloadFormat, { readonly name: string; readonly what: string }>> = {
  safetensors: { name: 'safetensors', what: 'weights by name, without the architecture' },
  tfjs: { name: 'TensorFlow.js', what: 'a zip for tf.loadLayersModel' },
  onnx: { name: 'ONNX', what: 'graph and weights, for onnxruntime and others' },
};

/** Files of a checkpoint; what a format cannot hold is said in place of the link. */
export function Downloads({
  slug,
  model,
  step,
  downloads,
}: {
  readonly slug: string;
  readonly model: string;
  readonly step: number;
  readonly downloads: readonly Download[];
}) {
  return (
    <ul className="flex flex-col gap-2">
      {downloads.map(({ format, refused }) => (
        <li key={format} className="flex items-start gap-2">
          <Icon aria-hidden className={cx('mt-0.5 size-4 shrink-0', refused !== null && 'text-faint')} />
          <div className="min-w-0">
            {refused === null ? (
              <a
                className="rounded-sm font-medium text-accent hover:underline"
                href={`/api/v1/${path`projects/${slug}/models/${model}`}/download?as=${format}&step=${step}`}
                download
              >
                {NAMES[format].name}
              </a>
            ) : (
              <span className="font-medium text-muted">{NAMES[format].name}</span>
            )}
            <p className="text-muted text-sm">
              {refused === null ? NAMES[format].what : `Not to be had: ${refused}.`}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
