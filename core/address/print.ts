/** Addresses to text. */
import { printHead, printName } from './names.ts';
import { printExample, printPredicate } from './predicate.ts';
import type { Address, Step } from './types.ts';

const stepText = (step: Step | undefined): string => (step === undefined ? '' : `@${step}`);

/** Canonical text; parseAddress(printAddress(a)) = a. */
export function printAddress(address: Address): string {
  switch (address.kind) {
    case 'model':
      return printHead(address.model) + stepText(address.step);
    case 'layer':
      return `${printHead(address.model)}${stepText(address.step)}/${printName(address.layer)}`;
    case 'unit':
      return `${printHead(address.model)}${stepText(address.step)}/${printName(address.layer)}#${address.unit}`;
    case 'weight':
      return `${printHead(address.model)}${stepText(address.step)}/${printWeight(address)}`;
    case 'dataset':
      return `${printHead(address.dataset)}.${address.split === undefined ? '*' : printName(address.split)}`;
    case 'example':
      return printExample(address);
    case 'slice':
      return `${printHead(address.dataset)}.${printName(address.split)}[${printPredicate(address.where)}]`;
  }
}

/** `dense_1.kernel[3,7]`, without its model. */
export function printWeight(weight: {
  readonly layer: string;
  readonly tensor: string;
  readonly index?: readonly number[];
}): string {
  const index = weight.index === undefined ? '' : `[${weight.index.join(',')}]`;
  return `${printName(weight.layer)}.${printName(weight.tensor)}${index}`;
}
