/** What is needed at least to read events: `node bench/parse.ts FILE` parses each, and its data as JSON. */
import { createReadStream } from 'node:fs';
import { createParser } from 'eventsource-parser';

let events = 0;
const parser = createParser({
  onEvent({ data }) {
    JSON.parse(data);
    events += 1;
  },
});
for await (const chunk of createReadStream(process.argv[2] ?? '', 'utf8')) parser.feed(chunk);
console.log(events);
