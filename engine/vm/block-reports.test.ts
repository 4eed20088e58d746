import { expect, test } from "vitest";
import { blockReports } from "./block-reports.ts";

function reported() {
  const all: [string, number[], number[]][] = [];
  return { all, reports: blockReports((device, verified, failed) => all.push([device, verified, failed])) };
}

test("blocks gather by device, each once, and go out when it is time", () => {
  const { all, reports } = reported();
  reports.of("dev1")(4, 3);
  reports.of("dev2")(0, 1);
  reports.of("dev1")(5, 3);
  reports.service(1000);
  expect(all).toEqual([
    ["dev1", [4, 5, 6, 7], []],
    ["dev2", [0], []],
  ]);
  reports.of("dev1")(9, 1);
  reports.service(1049);
  expect(all).toHaveLength(2);
  reports.service(1050);
  expect(all[2]).toEqual(["dev1", [9], []]);
});

test("a failed block goes out with the good ones before it, at once when flushed", () => {
  const { all, reports } = reported();
  reports.of("dev1")(2, 1, 3);
  reports.flush();
  reports.flush();
  expect(all).toEqual([["dev1", [2], [3]]]);
});
