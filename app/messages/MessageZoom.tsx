/** Zoom: one message in the place of stage and lens. What it is on the left, its bytes on the right, J and K go on. */
import { useEffect, useState } from "react";
import type { Message } from "../../engine/lab/api.ts";
import { bytes, endName, seconds } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Save } from "../icons/icons.tsx";
import { Outcome } from "../icons/marks.tsx";
import { useWide } from "../page/media.ts";
import { chooseLens, usePage } from "../page/page.ts";
import { Command } from "../parts/Command.tsx";
import { HexView } from "../parts/HexView.tsx";
import { saveFile } from "../parts/save.ts";
import { ZoomHead } from "../parts/ZoomHead.tsx";
import { texts } from "../texts.ts";
import { FlightView, FrameView } from "../wire/FrameView.tsx";
import { Certificates } from "./Certificates.tsx";
import { openMessage } from "./choose.ts";
import { certificatesFile, confirmations } from "./confirm.ts";
import { isFrame, KindSign } from "./kinds.tsx";
import { asText, filtered } from "./rows.ts";

const go = (message: Message | undefined) => {
  if (message) openMessage(message.sequence);
};

function useNeighbours(previous: Message | undefined, next: Message | undefined): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "j") go(next);
      else if (event.key === "k") go(previous);
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, [previous, next]);
}

function About({ message, machines }: { message: Message; machines: number }) {
  const names = texts.messages.fields;
  const sentence = texts.messages.kinds[message.kind];
  return (
    <div className="about">
      <dl>
        <dt>{names.kind}</dt>
        <dd className="mono list-kind">
          <KindSign kind={message.kind} />
          {message.kind}
        </dd>
        <dt>{names.from}</dt>
        <dd>{endName(message.from, machines, true)}</dd>
        <dt>{names.to}</dt>
        <dd>{message.from === message.to ? texts.messages.itself : endName(message.to, machines, true)}</dd>
        <dt>{names.time}</dt>
        <dd className="mono">
          {seconds(message.time)} {texts.messages.seconds}
        </dd>
        {message.bytes && (
          <>
            <dt>{names.size}</dt>
            <dd className="mono">{bytes(message.bytes.length)}</dd>
          </>
        )}
        {message.outcome && (
          <>
            <dt>{names.outcome}</dt>
            <dd>
              <Outcome kind={message.outcome === "accepted" ? "ok" : "bad"}>{message.outcome}</Outcome>
            </dd>
          </>
        )}
      </dl>
      <p className="about-summary">{message.summary}</p>
      {sentence !== undefined && <p className="about-why">{sentence}</p>}
      {message.kind === "tls" && message.bytes && (
        <Certificates key={message.sequence} flight={message.bytes} file={certificatesFile(message)} />
      )}
    </div>
  );
}

export function MessageZoom({ sequence }: { sequence: number }) {
  const all = useFacts((facts) => facts.messages);
  const filter = usePage();
  const wide = useWide();
  const machines = useFacts((facts) => facts.machines.length);
  const [form, setForm] = useState<"hex" | "text">("hex");
  const fitting = filtered(all, filter);
  // One that was opened by a link need not fit what the lens shows.
  const messages = fitting.some((each) => each.sequence === sequence) ? fitting : all;
  const index = messages.findIndex((message) => message.sequence === sequence);
  const message = messages[index];
  const previous = messages[index - 1];
  const next = messages[index + 1];
  useNeighbours(previous, next);
  if (!message) return <div className="empty">{texts.messages.emptyFilter}</div>;
  const data = message.bytes;
  const text = data ? asText(data) : null;
  const confirm = confirmations(message);
  return (
    <>
      <ZoomHead
        crumbs={[{ words: texts.messages.crumbs, go: () => chooseLens("messages") }]}
        title={message.kind}
        what={`${endName(message.from, machines, true)} to ${endName(message.to, machines, true)}, ${seconds(message.time)} s${
          data ? `, ${bytes(data.length)}` : ""
        }`}
      >
        <span className="quiet">{texts.messages.position(index + 1, messages.length)}</span>
        <button type="button" className="chip" disabled={!previous} onClick={() => go(previous)}>
          {texts.messages.previous} <span className="key">K</span>
        </button>
        <button type="button" className="chip" disabled={!next} onClick={() => go(next)}>
          {texts.messages.next} <span className="key">J</span>
        </button>
      </ZoomHead>
      <div className="zoom-body">
        <About message={message} machines={machines} />
        <div className="zoom-bytes">
          {data && data.length > 0 ? (
            <>
              <div className="zoom-forms">
                <button type="button" className="chip" aria-pressed={form === "hex"} onClick={() => setForm("hex")}>
                  {texts.messages.hexOf}
                </button>
                {text !== null && (
                  <button type="button" className="chip" aria-pressed={form === "text"} onClick={() => setForm("text")}>
                    {texts.messages.textOf}
                  </button>
                )}
                <button type="button" className="chip" onClick={() => saveFile(confirm.file, data)}>
                  <Save />
                  {confirm.file}
                </button>
              </div>
              {form === "hex" && isFrame(message.kind) ? (
                <FrameView key={message.sequence} bytes={data} width={wide ? 24 : 16} />
              ) : form === "hex" && message.kind === "tls" ? (
                <FlightView key={message.sequence} bytes={data} width={wide ? 24 : 16} />
              ) : form === "text" && text !== null ? (
                // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a pointer
                <pre className="zoom-text" tabIndex={0}>
                  {text}
                </pre>
              ) : (
                <HexView bytes={data} width={wide ? 24 : 16} label={texts.messages.hexOf} />
              )}
            </>
          ) : (
            <div className="empty">{texts.messages.noBytes}</div>
          )}
        </div>
      </div>
      {confirm.commands.length > 0 && (
        <footer className="zoom-foot">
          <span className="heading">{texts.messages.confirm}</span>
          <div className="commands">
            {confirm.commands.map(({ line, output }) => (
              <Command key={line} line={line} output={output} />
            ))}
          </div>
        </footer>
      )}
    </>
  );
}
