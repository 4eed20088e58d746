/** The calls about one device: choose one, see it written out, make it. */
import { useState } from "react";
import type { DeviceStatus } from "../../engine/lab/protocol.ts";
import { deviceWords } from "../facts/devices.ts";
import type { MachineFacts } from "../facts/facts.ts";
import { ChoiceField } from "../parts/Field.tsx";
import { texts } from "../texts.ts";
import { CallForm } from "./CallForm.tsx";
import { commandLine, DEVICE_VERBS, type DeviceVerb, type OwnerCall } from "./calls.ts";
import { Verbs } from "./Verbs.tsx";

function likely(device: DeviceStatus): DeviceVerb {
  if (device.type === "nic" && (device.attachedTo !== undefined || device.wire !== undefined)) {
    return device.connectedTo.length > 0 ? "DISCONNECT" : "CONNECT";
  }
  return device.attachedTo === undefined ? "ATTACH" : "DETACH";
}

interface Props {
  machine: MachineFacts;
  device: DeviceStatus;
  devices: readonly DeviceStatus[];
}

export function DeviceCalls({ machine, device, devices }: Props) {
  const [verb, setVerb] = useState<DeviceVerb>(likely(device));
  const [chosenVm, setVm] = useState<string | null>(null);
  const [chosenOther, setOther] = useState<string | null>(null);
  const { boxes, info } = machine;
  const vm = boxes.find(({ id }) => id === (chosenVm ?? device.attachedTo)) ?? boxes[0];
  const fits = (other: DeviceStatus) =>
    verb === "DISCONNECT"
      ? device.connectedTo.includes(other.id)
      : other.type === "nic" && !device.connectedTo.includes(other.id);
  const others = devices.filter(({ id }) => id !== device.id);
  const offered = [...others.filter(fits), ...others.filter((other) => !fits(other))];
  const other = (offered.find(({ id }) => id === chosenOther) ?? offered[0])?.id ?? "";
  const call: OwnerCall = (() => {
    switch (verb) {
      case "ATTACH":
      case "DETACH":
        return { verb, vm: vm?.id ?? "", name: vm?.status.name ?? "", device: device.id };
      case "CONNECT":
      case "DISCONNECT":
        return { verb, a: device.id, b: other };
      case "DESTROY-DEVICE":
        return { verb, device: device.id };
    }
  })();
  const words =
    "name" in call
      ? `${verb} ${call.name} ${device.id}`
      : "b" in call
        ? `${verb} ${call.a} ${call.b}`
        : `${verb} ${device.id}`;
  return (
    <>
      <Verbs verbs={DEVICE_VERBS} chosen={verb} onChoose={setVerb} />
      {"name" in call && (
        <ChoiceField
          label={texts.machine.box}
          value={call.vm}
          onChange={setVm}
          options={boxes.map(({ id, status }) => ({ value: id, words: `${status.name} · ${id}` }))}
        />
      )}
      {"b" in call && (
        <ChoiceField
          label={texts.machine.otherDevice}
          value={other}
          onChange={setOther}
          options={offered.map((each) => ({ value: each.id, words: `${each.id} · ${deviceWords(each)}` }))}
        />
      )}
      <CallForm key={commandLine(call)} platform={info.id} call={call} words={words} />
    </>
  );
}
