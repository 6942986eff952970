/** Run by folder-lock.test.ts: holds the data folder named by its argument until it is killed. */
import { lockFolder } from '../files/folder-lock.ts';

const [folder = ''] = process.argv.slice(2);
await lockFolder(folder);
console.log('held');
setInterval(() => undefined, 60_000);
