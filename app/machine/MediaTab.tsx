/** Role: attacker. The machine's media, which lie outside the chip: read, changed, copied, put back, taken out, put in. */
import { useState } from "react";
import type { MachineFacts } from "../facts/facts.ts";
import { bytes } from "../facts/format.ts";
import { Disk } from "../icons/icons.tsx";
import { Role } from "../parts/Role.tsx";
import { texts } from "../texts.ts";
import { type MediumEntry, useMedia } from "./lists.ts";
import { MediumView } from "./MediumView.tsx";
import { PutIn } from "./PutIn.tsx";

const WORDS = texts.media;

function Entry({ entry, chosen, onChoose }: { entry: MediumEntry; chosen: boolean; onChoose(): void }) {
  return (
    <li>
      <button type="button" className="medium-entry" aria-pressed={chosen} onClick={onChoose}>
        <Disk />
        <span className="medium-name mono">{entry.id}</span>
        <span className="quiet mono">{bytes(entry.size)}</span>
        <span className="quiet medium-use">
          {entry.usedBy === undefined ? WORDS.unused : WORDS.usedBy(entry.usedBy.split("/")[1] ?? entry.usedBy)}
        </span>
      </button>
    </li>
  );
}

export function MediaTab({ machine }: { machine: MachineFacts }) {
  const { media, again } = useMedia(machine);
  const [chosen, setChosen] = useState<string | null>(null);
  const entry = media.find(({ id }) => id === chosen) ?? media[0];
  const platform = machine.info.id;
  return (
    <div className="media-tab">
      <div className="media-side">
        <Role of="attacker" />
        <h3 className="heading">{WORDS.title(platform)}</h3>
        <ul className="media-list" aria-label={WORDS.title(platform)}>
          {media.map((each) => (
            <Entry key={each.id} entry={each} chosen={each === entry} onChoose={() => setChosen(each.id)} />
          ))}
        </ul>
        <PutIn platform={platform} onChange={again} />
      </div>
      {entry ? (
        <MediumView key={entry.id} platform={platform} entry={entry} onChange={again} />
      ) : (
        <div className="empty">{WORDS.none}</div>
      )}
    </div>
  );
}
