/** Benches for one file of tests, each closed after its test. */
import { afterEach } from "vitest";
import { type Bench, type BenchOptions, bench } from "./bench.ts";

export function benches(): (options?: BenchOptions) => Promise<Bench> {
  const made: Bench[] = [];
  afterEach(() => {
    for (const each of made.splice(0)) each.close();
  });
  return async (options) => {
    const each = await bench(options);
    made.push(each);
    return each;
  };
}
