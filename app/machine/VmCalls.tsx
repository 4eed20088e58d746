/** The calls about one VM: choose one, see it written out, make it. */
import { useState } from "react";
import type { DeviceStatus, VmStatus } from "../../engine/lab/protocol.ts";
import { deviceWords } from "../facts/devices.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { ChoiceField } from "../parts/Field.tsx";
import { texts } from "../texts.ts";
import { CallForm } from "./CallForm.tsx";
import { commandLine, type OwnerCall, VM_VERBS, type VmVerb } from "./calls.ts";
import { Verbs } from "./Verbs.tsx";

/** What its owner most likely wants. */
const LIKELY: Record<VmStatus["state"], VmVerb> = { off: "ON", on: "OFF", suspended: "RESUME", halted: "ON" };

const isPhysical = (device: DeviceStatus) => device.wire !== undefined;

export function VmCalls({ box, devices }: { box: BoxFacts; devices: readonly DeviceStatus[] }) {
  const { id: vm, platform, status } = box;
  const { name } = status;
  const [verb, setVerb] = useState<VmVerb>(LIKELY[status.state]);
  const [chosen, setChosen] = useState<string | null>(null);
  const attached = verb === "DETACH";
  // Those that fit stand first; the others are there all the same, and the TVMM says no.
  const fits = (device: DeviceStatus) =>
    attached ? device.attachedTo === vm : device.attachedTo === undefined && !isPhysical(device);
  const offered = [...devices.filter(fits), ...devices.filter((device) => !fits(device))];
  const device = (offered.find(({ id }) => id === chosen) ?? offered[0])?.id ?? "";
  const call: OwnerCall = verb === "ATTACH" || verb === "DETACH" ? { verb, vm, name, device } : { verb, vm, name };
  const words = call.verb === "ATTACH" || call.verb === "DETACH" ? `${verb} ${name} ${device}` : `${verb} ${name}`;
  return (
    <>
      <Verbs verbs={VM_VERBS} chosen={verb} onChoose={setVerb} />
      {(verb === "ATTACH" || verb === "DETACH") && (
        <ChoiceField
          label={texts.machine.device}
          value={device}
          onChange={setChosen}
          options={offered.map((each) => ({ value: each.id, words: `${each.id} · ${deviceWords(each)}` }))}
        />
      )}
      <CallForm key={commandLine(call)} platform={platform} call={call} words={words} />
    </>
  );
}
