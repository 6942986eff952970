/** A group of layers named where a layer is expected: it stands for the one layer in it whose output leaves it. */
import { withOperands } from '../../address/index.ts';
import { copyPlaces } from '../../address/places.ts';
import { FUNCTIONS } from '../dictionary/functions.ts';
import { type CatalogModel, layerNamed } from '../project/catalog.ts';
import { type Group, groupsOf } from '../project/groups.ts';
import { keyOperand } from '../syntax/keys.ts';
import type { Query } from '../syntax/tree.ts';
import { layersOf } from './layers.ts';

/**
 * The query with layers in place of groups; those of joined queries are left. A group that stands for no one layer stays
 * as it is, and is no layer.
 */
export function withoutGroups(query: Query, model: CatalogModel): Query {
  const groups = groupsOf(model.graph);
  if (groups.size === 0) return query;
  const alone = { ...query };
  delete alone.join;
  if (layersOf(alone).every((name) => layerNamed(model, name) !== undefined || !groups.has(name)))
    return query;
  const { what } = query;
  const weighed = what.kind === 'call' && FUNCTIONS[what.name].layerNeeds === 'weights';
  const layerFor = (name: string): string => {
    const group = layerNamed(model, name) === undefined ? groups.get(name) : undefined;
    return (group && (weighed ? weightOf(group, model) : outputOf(group))) ?? name;
  };
  const renamed = <T extends { readonly layer: string }>(node: T): T =>
    copyPlaces({ ...node, layer: layerFor(node.layer) }, node);
  const { input, target, changes, orderBy } = query;
  const key = orderBy === undefined ? null : keyOperand(orderBy.key);
  return copyPlaces(
    {
      ...query,
      what:
        what.kind === 'layer'
          ? renamed(what)
          : what.kind === 'call'
            ? copyPlaces(
                { ...what, args: what.args.map((each) => (each.kind === 'layer' ? renamed(each) : each)) },
                what,
              )
            : what,
      ...(input?.kind === 'slice'
        ? {
            input: copyPlaces(
              {
                ...input,
                where: withOperands(input.where, (each) => ('layer' in each ? renamed(each) : each)),
              },
              input,
            ),
          }
        : {}),
      ...(target?.kind === 'unit' ? { target: renamed(target) } : {}),
      ...(changes === undefined
        ? {}
        : { changes: changes.map((each) => ('layer' in each ? renamed(each) : each)) }),
      ...(orderBy !== undefined && key?.kind === 'activation'
        ? { orderBy: copyPlaces({ ...orderBy, key: `${layerFor(key.layer)}#${key.unit}` }, orderBy) }
        : {}),
    },
    query,
  );
}

/** Why a group stands for no one layer; null where there is no such group. */
export function groupProblem(name: string, model: CatalogModel): string | null {
  const group = groupsOf(model.graph).get(name);
  if (group === undefined) return null;
  const own = `${name} is a group of ${group.layers.length} layers of ${model.name}`;
  const { outputs } = group;
  if (outputs.length === 0) return `${own} that nothing reads; ask about one of its layers`;
  if (outputs.length > 1)
    return `${own} with ${outputs.length} outputs; ask about one of them: ${listed(outputs)}`;
  const weighed = withWeights(group, model);
  return weighed.length === 0
    ? `${own}, none of which has weights`
    : `${own}; ask about the weights of one of them: ${listed(weighed)}`;
}

const MOST_LISTED = 8;
const listed = (names: readonly string[]): string =>
  names.slice(0, MOST_LISTED).join(', ') + (names.length > MOST_LISTED ? `, ... (${names.length})` : '');

const outputOf = ({ outputs }: Group): string | undefined => (outputs.length === 1 ? outputs[0] : undefined);

/** The only layer in it that has weights. */
function weightOf(group: Group, model: CatalogModel): string | undefined {
  const weighed = withWeights(group, model);
  return weighed.length === 1 ? weighed[0] : undefined;
}

const withWeights = ({ layers }: Group, model: CatalogModel): readonly string[] =>
  layers.filter((name) => (layerNamed(model, name)?.weights.length ?? 0) > 0);
