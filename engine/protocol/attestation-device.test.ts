import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attestationDevice } from "./attestation-device.ts";
import { type Answer, IDLE_MS, MAX_BODY } from "./serial-framing.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const latin = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

/** A device with its guest's line recorded, and a clock that a test moves. */
function bench(respond?: (verb: string, body: Uint8Array, answer: Answer) => void) {
  const sent: string[] = [];
  const requests: { verb: string; body: Uint8Array; answer: Answer }[] = [];
  const evidence: { accepted: boolean; body: string }[] = [];
  const refused: string[] = [];
  let timers: { at: number; callback: () => void }[] = [];
  let now = 0;
  const device = attestationDevice({
    send: (bytes) => sent.push(latin(bytes)),
    request(verb, body, answer) {
      requests.push({ verb, body, answer });
      respond?.(verb, body, answer);
    },
    evidence: (accepted, body) => evidence.push({ accepted, body: latin(body) }),
    refused: (reason) => refused.push(reason),
    after(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
  });
  const pass = (ms: number) => {
    now += ms;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { callback } of due) callback();
  };
  return { device, sent, requests, evidence, refused, pass, timers: () => timers.length };
}

const echo = (verb: string, body: Uint8Array, answer: Answer) => answer("OK", ascii(`${verb}:${body.length}`));

describe("requests", () => {
  it("are whole before they are handed on, however they arrive", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(40), { maxLength: 40 }), (body, cuts) => {
        const { device, requests } = bench();
        device.dtr(true);
        const stream = new Uint8Array([...ascii(`ENDORSE ${body.length}\n`), ...body]);
        let at = 0;
        for (const cut of cuts) {
          device.receive(stream.subarray(at, at + cut));
          at = Math.min(at + cut, stream.length);
        }
        device.receive(stream.subarray(at));
        expect(requests.map(({ verb, body: got }) => [verb, [...got]])).toEqual([["ENDORSE", [...body]]]);
      }),
    );
  });

  it("are answered with the length of the answer", () => {
    const { device, sent } = bench(echo);
    device.dtr(true);
    device.receive(ascii("GET-ID 0\nGET-ID 0\n"));
    expect(sent).toEqual(["OK 8\nGET-ID:0", "OK 8\nGET-ID:0"]);
  });

  it("may be of 65536 bytes and no more", () => {
    const { device, sent, requests } = bench(echo);
    device.dtr(true);
    device.receive(ascii(`ENDORSE ${MAX_BODY}\n`));
    device.receive(new Uint8Array(MAX_BODY));
    expect(requests[0]?.body.length).toBe(MAX_BODY);
    device.receive(ascii(`ENDORSE ${MAX_BODY + 1}\n`));
    expect(sent[1]).toMatch(/^ERR \d+\nmalformed: LENGTH is 65537; at most 65536/);
  });

  it("that come while one is being answered wait for their turn", () => {
    const { device, sent, requests } = bench();
    device.dtr(true);
    device.receive(ascii("GET-ID 0\nENDORSE 2\na"));
    device.receive(ascii("b"));
    expect(requests.length).toBe(1);
    requests[0]?.answer("OK", ascii("1"));
    expect(requests.map(({ verb }) => verb)).toEqual(["GET-ID", "ENDORSE"]);
    requests[1]?.answer("OK", ascii("2"));
    expect(sent).toEqual(["OK 1\n1", "OK 1\n2"]);
  });

  it("are refused when more piles up than one of them", () => {
    const { device, sent, requests } = bench();
    device.dtr(true);
    device.receive(ascii("GET-ID 0\n"));
    for (let n = 0; n < 3; n++) device.receive(new Uint8Array(30000));
    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain("more came than one further request");
    requests[0]?.answer("OK", ascii("late"));
    expect(sent).toHaveLength(1);
  });

  for (const header of [
    "get-id 0\n",
    "GET-ID\n",
    "GET-ID 00\n",
    "GET-ID -1\n",
    " 0\n",
    "\n",
    "GET-ID 1e3\n",
    "GET-ID 0\r\n",
  ]) {
    it(`with the header ${JSON.stringify(header)} are malformed`, () => {
      const { device, sent, requests } = bench(echo);
      device.dtr(true);
      device.receive(ascii(header));
      expect(sent).toEqual([expect.stringMatching(/^ERR \d+\nmalformed: /)]);
      expect(requests).toEqual([]);
    });
  }

  it("with a header that does not end are malformed before it does", () => {
    const { device, sent } = bench();
    device.dtr(true);
    device.receive(ascii("A".repeat(22)));
    expect(sent).toEqual([]);
    device.receive(ascii("A"));
    expect(sent).toEqual([expect.stringContaining("malformed")]);
  });
});

describe("time and DTR", () => {
  it("a truncated request is refused after 5 s of silence, counted from the last byte", () => {
    const { device, sent, pass } = bench();
    device.dtr(true);
    device.receive(ascii("ENDORSE 10\nabc"));
    pass(IDLE_MS - 1);
    device.receive(ascii("d"));
    pass(IDLE_MS - 1);
    expect(sent).toEqual([]);
    pass(1);
    expect(sent).toEqual([expect.stringContaining("4 of 10 bytes")]);
  });

  it("an idle device without a request runs no clock", () => {
    const { device, timers } = bench(echo);
    device.dtr(true);
    expect(timers()).toBe(0);
    device.receive(ascii("GET-ID 0\n"));
    expect(timers()).toBe(0);
    device.receive(ascii("G"));
    expect(timers()).toBe(1);
    device.stop();
    expect(timers()).toBe(0);
  });

  it("after ERR nothing is heard until DTR rises again", () => {
    const { device, sent, requests } = bench(echo);
    device.dtr(true);
    device.receive(ascii("what\nGET-ID 0\n"));
    device.receive(ascii("GET-ID 0\n"));
    device.dtr(true);
    device.receive(ascii("GET-ID 0\n"));
    expect([sent.length, requests.length]).toEqual([1, 0]);
    device.dtr(false);
    device.dtr(true);
    device.receive(ascii("GET-ID 0\n"));
    expect(sent[1]).toBe("OK 8\nGET-ID:0");
  });

  it("an answer ERR to a whole request discards as well", () => {
    const { device, sent } = bench((_verb, _body, answer) => answer("ERR", ascii("open-box: no\n")));
    device.dtr(true);
    device.receive(ascii("GET-ID 0\nGET-ID 0\n"));
    expect(sent).toEqual(["ERR 13\nopen-box: no\n"]);
  });

  it("a drop of DTR abandons what was half sent, and its answer", () => {
    const { device, sent, requests, timers } = bench();
    device.dtr(true);
    device.receive(ascii("ENDORSE 10\nabc"));
    device.dtr(false);
    expect(timers()).toBe(0);
    device.dtr(true);
    device.receive(ascii("GET-ID 0\n"));
    device.dtr(false);
    device.dtr(true);
    requests[0]?.answer("OK", ascii("for the one before"));
    expect(sent).toEqual([]);
    device.receive(ascii("GET-ID 0\n"));
    requests[0]?.answer("OK", ascii("for the one before"));
    requests[1]?.answer("OK", ascii("x"));
    requests[1]?.answer("OK", ascii("x"));
    expect(sent).toEqual(["OK 1\nx"]);
  });
});

describe("challenges", () => {
  const nonce = new Uint8Array(32).fill(65);
  const challenge = `CHALLENGE 32\n${"A".repeat(32)}`;

  it("are sent as soon as the guest listens", () => {
    const { device, sent, evidence } = bench();
    device.challenge(nonce);
    expect(sent).toEqual([]);
    device.dtr(true);
    expect(sent).toEqual([challenge]);
    device.receive(ascii("OK 3\nabc"));
    expect(evidence).toEqual([{ accepted: true, body: "abc" }]);
  });

  it("do not keep a request from being served", () => {
    const { device, sent, evidence } = bench(echo);
    device.dtr(true);
    device.challenge(nonce);
    device.receive(ascii("GET-ID 0\nERR 4\nbusy"));
    expect(sent).toEqual([challenge, "OK 8\nGET-ID:0"]);
    expect(evidence).toEqual([{ accepted: false, body: "busy" }]);
  });

  it("are sent again when the guest opens the device anew", () => {
    const { device, sent } = bench();
    device.dtr(true);
    device.challenge(nonce);
    device.dtr(false);
    device.dtr(true);
    expect(sent).toEqual([challenge, challenge]);
    device.endChallenge();
    device.dtr(false);
    device.dtr(true);
    expect(sent).toHaveLength(2);
  });

  it("one at a time: the next waits for the late answer to the one that was given up, which is dropped", () => {
    const { device, sent, evidence } = bench();
    const next = `CHALLENGE 32\n${"B".repeat(32)}`;
    device.dtr(true);
    device.challenge(nonce);
    device.endChallenge();
    device.challenge(new Uint8Array(32).fill(66));
    expect(sent).toEqual([challenge]);
    device.receive(ascii("OK 4\nlate"));
    expect(evidence).toEqual([]);
    expect(sent).toEqual([challenge, next]);
    device.receive(ascii("OK 5\nright"));
    expect(evidence).toEqual([{ accepted: true, body: "right" }]);
  });

  it("are forgotten with the opening of the device that they were sent in", () => {
    const { device, sent, evidence } = bench();
    device.dtr(true);
    device.challenge(nonce);
    device.endChallenge();
    device.dtr(false);
    device.dtr(true);
    device.challenge(nonce);
    expect(sent).toEqual([challenge, challenge]);
    device.receive(ascii("OK 5\nright"));
    expect(evidence).toEqual([{ accepted: true, body: "right" }]);
  });

  it("are held back by a late answer at most, whatever the guest says and when they are given up", () => {
    const step = fc.constantFrom("challenge", "end", "answer", "reopen");
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { device, sent, evidence } = bench();
        // An honest agent answers each challenge with its number, in the order in which it got them.
        let unanswered: number[] = [];
        let current: number | undefined;
        let number = 0;
        let seen = 0;
        const read = () => {
          for (; seen < sent.length; seen++) unanswered.push(sent[seen]?.charCodeAt(13) ?? 0);
        };
        device.dtr(true);
        for (const each of steps) {
          const before = evidence.length;
          if (each === "challenge") {
            current = ++number;
            device.challenge(new Uint8Array(32).fill(current));
          } else if (each === "end") {
            current = undefined;
            device.endChallenge();
          } else if (each === "reopen") {
            device.dtr(false);
            unanswered = [];
            device.dtr(true);
          } else {
            const answered = unanswered.shift();
            if (answered !== undefined) device.receive(ascii(`OK 1\n${String.fromCharCode(answered)}`));
            // Nothing passes for the answer but the answer, and that one does.
            expect(evidence.slice(before).map(({ body }) => body.charCodeAt(0))).toEqual(
              answered !== undefined && answered === current ? [current] : [],
            );
            if (answered === current) current = undefined;
          }
          read();
          expect(unanswered.length).toBeLessThanOrEqual(1);
          // What is asked now is out, or waits for one answer.
          if (current !== undefined) expect(unanswered.length).toBe(1);
        }
      }),
    );
  });

  it("that nobody made are not answered by anything", () => {
    const { device, sent, evidence } = bench();
    device.dtr(true);
    device.receive(ascii("OK 3\nabc"));
    device.challenge(nonce);
    device.endChallenge();
    device.receive(ascii("OK 3\nabc"));
    expect(evidence).toEqual([]);
    expect(sent).toEqual([challenge]);
  });
});

describe("garbage", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .constantFrom("GET-ID 0\n", "ENDORSE 5\nabcde", "ENDORSE 70000\n", "OK 2\nhi", "ERR 0\n", "CHALLENGE 32\n", "\n")
      .map(ascii),
  );
  const step = fc.oneof(
    piece.map((bytes) => ({ what: "bytes" as const, bytes })),
    fc.boolean().map((high) => ({ what: "dtr" as const, high })),
    fc.constantFrom(10, 5000).map((ms) => ({ what: "pass" as const, ms })),
    fc.constantFrom("challenge" as const, "end" as const, "answer" as const).map((what) => ({ what })),
  );

  it("never throws, never speaks unasked, and the next opening works as if nothing had been", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, atOnce) => {
        const { device, sent, requests, pass } = bench(atOnce ? echo : undefined);
        let challenges = 0;
        for (const each of steps) {
          if (each.what === "bytes") device.receive(each.bytes);
          else if (each.what === "dtr") device.dtr(each.high);
          else if (each.what === "pass") pass(each.ms);
          else if (each.what === "challenge") device.challenge(new Uint8Array(32));
          else if (each.what === "end") device.endChallenge();
          else requests.at(-1)?.answer("OK", new Uint8Array(3));
          if (each.what === "challenge" || each.what === "dtr") challenges++;
        }
        const replies = sent.filter((text) => !text.startsWith("CHALLENGE"));
        expect(replies.every((text) => /^(OK|ERR) \d+\n/.test(text))).toBe(true);
        expect(sent.length - replies.length).toBeLessThanOrEqual(challenges);
        device.endChallenge();
        device.dtr(false);
        device.dtr(true);
        const before = requests.length;
        device.receive(ascii("GET-ID 0\n"));
        expect(requests.length).toBe(before + 1);
        requests.at(-1)?.answer("OK", ascii("id"));
        expect(sent.at(-1)).toBe(atOnce ? "OK 8\nGET-ID:0" : "OK 2\nid");
      }),
      { numRuns: 500 },
    );
  });
});
