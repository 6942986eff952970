/** Parses markdown beside the page: a text that takes the parser minutes holds up nobody (markdown.ts ends it). */
import { parseMarkdown } from './parse.ts';

self.addEventListener('message', ({ data }: MessageEvent<string>) => self.postMessage(parseMarkdown(data)));
self.postMessage('ready');
