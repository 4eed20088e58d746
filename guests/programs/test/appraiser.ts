/** Runs the C appraiser on evidence and policy as the TypeScript one takes them, and gives both answers in one form. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { quoted } from "../../../engine/attestation/errors.ts";
import {
  type Appraisal,
  type AppraisalPolicy,
  appraise,
  type Evidence,
  writeTrust,
} from "../../../engine/attestation/index.ts";

export interface Question {
  evidence: Evidence;
  nonce: Uint8Array;
  /** With a time: both appraisers are asked about the same moment. */
  policy: AppraisalPolicy;
}

/** What an appraiser says: the nine checks with their words, the layers, the verdict. One line each. */
export type Answer = string[];

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Writes the files that the tool reads into `folder`, and returns its arguments; for a TLS handshake: without a signature. */
export async function write(folder: string, { evidence, nonce, policy }: Question, use?: "tls"): Promise<string[]> {
  const { time, ...common } = policy;
  if (time === undefined) throw new Error("the policy has no time");
  const put = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  return [
    ...["--trust", put("trust", await writeTrust({ common }))],
    ...["--time", String(time / 1000)],
    ...(use ? ["--use", use] : ["--nonce", hex(nonce), "--signature", put("signature", evidence.signature)]),
    ...evidence.chain.flatMap((pem, index) => ["--certificate", put(`chain-${index}`, pem)]),
    ...evidence.vendors.flatMap((pem, index) => ["--vendor", put(`vendor-${index}`, pem)]),
  ];
}

/** Throws if the program ends in any other way than with a verdict. */
export function answerOf(program: string, args: string[]): Answer {
  const { status, signal, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if ((status !== 0 && status !== 1) || stderr !== "") {
    throw new Error(`${program} ended with ${signal ?? status}: ${stderr.slice(0, 2000)}`);
  }
  const lines = stdout.trimEnd().split("\n");
  if ((lines.at(-1) === "accepted") !== (status === 0)) throw new Error(`${lines.at(-1)}, but exit code ${status}`);
  return lines;
}

export function asAnswer({ accepted, checks, layers }: Appraisal): Answer {
  const fault = checks.findIndex(({ passed }) => !passed);
  const mark = (index: number) => (fault < 0 || index < fault ? "passed" : index === fault ? "failed" : "-");
  return [
    ...checks.map(({ name, detail }, index) => `${mark(index)} ${name}: ${detail}`),
    ...layers.map(({ layer, digest, vendor, product, version }) =>
      vendor === undefined || product === undefined
        ? `layer ${layer} ${digest}`
        : `layer ${layer} ${digest} ${quoted(vendor)} ${quoted(product)} ${version}`,
    ),
    accepted ? "accepted" : `refused at ${checks[fault]?.name}`,
  ];
}

/** Both answers. */
export async function askBoth(program: string, folder: string, question: Question): Promise<{ c: Answer; ts: Answer }> {
  const c = answerOf(program, await write(folder, question));
  return { c, ts: asAnswer(await appraise(question.evidence, question.nonce, question.policy)) };
}
