/**
 * Asks a server from a process of its own, and prints how long each good answer took, ms, and how many were others. Arguments: address, token, how many
 * at once, and for how long such crowds follow each other, ms.
 */
import http from 'node:http';

const [address = '', token = '', atOnce = '1', forMs = '0'] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });
const delays = [];
const others = {};

const ask = () =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    http
      .get(address, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
        response.resume();
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          if (status === 200) delays.push(performance.now() - began);
          else others[status] = (others[status] ?? 0) + 1;
          resolve();
        });
      })
      .on('error', reject);
  });

await ask();
delays.length = 0;
const began = performance.now();
do {
  await Promise.all(Array.from({ length: Number(atOnce) }, ask));
  await new Promise((resolve) => setTimeout(resolve, 10));
} while (performance.now() - began < Number(forMs));
agent.destroy();
console.log(JSON.stringify({ delays, others }));
