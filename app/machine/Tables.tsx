/** A machine's VMs and devices. Each table has one tab stop; arrows go from row to row, and choose. */
import type { KeyboardEvent, ReactNode } from "react";
import { allDevices } from "../facts/devices.ts";
import type { BoxFacts, MachineFacts } from "../facts/facts.ts";
import { useFacts } from "../facts/store.ts";
import { BoxIcon, Cable, Disk, Pause, Screen, Terminal } from "../icons/icons.tsx";
import { Mark } from "../icons/marks.tsx";
import { Digest } from "../parts/Digest.tsx";
import { rove } from "../parts/roving.ts";
import { stateWord } from "../stage/Box.tsx";
import { texts } from "../texts.ts";

export type Chosen = { what: "vm" | "device"; id: string } | { what: "new-vm" | "new-device" };

export function deviceIcon(type: string) {
  if (type === "disk") return <Disk />;
  if (type === "nic") return <Cable />;
  return type === "display" ? <Screen /> : <Terminal />;
}

interface Props {
  machine: MachineFacts;
  chosen: Chosen | null;
  onChoose(chosen: Chosen): void;
}

const moveRow = (event: KeyboardEvent<HTMLElement>) => rove(event, ".row-choice");

function Row({
  chosen,
  first,
  onChoose,
  name,
  children,
}: {
  chosen: boolean;
  /** The tab stop, where no row is chosen. */
  first: boolean;
  onChoose(): void;
  name: ReactNode;
  children: ReactNode;
}) {
  return (
    <tr className={chosen ? "chosen" : undefined} onClick={onChoose}>
      <th scope="row">
        <button
          type="button"
          className="row-choice"
          aria-pressed={chosen}
          tabIndex={chosen || first ? 0 : -1}
          onClick={(event) => {
            event.stopPropagation();
            onChoose();
          }}
        >
          {name}
        </button>
      </th>
      {children}
    </tr>
  );
}

function State({ box }: { box: BoxFacts }) {
  const { state } = box.status;
  return (
    <span className={state === "halted" ? "outcome bad" : "outcome"}>
      {state === "halted" && <Mark kind="bad" />}
      {state === "suspended" && <Pause />}
      {stateWord(box)}
    </span>
  );
}

function Head({ names }: { names: readonly string[] }) {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

export function VmTable({ machine, chosen, onChoose }: Props) {
  if (machine.boxes.length === 0) return <p className="quiet list-empty">{texts.stage.noBoxes}</p>;
  const none = chosen?.what !== "vm";
  return (
    <table className="objects vms" onKeyDown={moveRow}>
      <Head names={texts.machine.vmColumns} />
      <tbody>
        {machine.boxes.map((box, index) => {
          const { status } = box;
          return (
            <Row
              key={box.id}
              chosen={chosen?.what === "vm" && chosen.id === box.id}
              first={none && index === 0}
              onChoose={() => onChoose({ what: "vm", id: box.id })}
              name={
                <>
                  <BoxIcon status={status} />
                  <span className="row-name-text">{status.name}</span>
                  <span className="mono quiet">{box.id}</span>
                </>
              }
            >
              <td>{status.kind}</td>
              <td>
                <State box={box} />
              </td>
              <td className="number">{status.memoryMiB} MiB</td>
              <td className="number">{status.cpuShare}</td>
              <td>
                {status.primary === undefined ? "" : <Digest value={status.primary} what={texts.stage.identity} />}
              </td>
            </Row>
          );
        })}
      </tbody>
    </table>
  );
}

export function DeviceTable({ machine, chosen, onChoose }: Props) {
  const wires = useFacts((facts) => facts.wires);
  const devices = allDevices(machine, wires);
  const nameOf = (vm: string | undefined) => machine.boxes.find(({ id }) => id === vm)?.status.name ?? vm ?? "";
  if (devices.length === 0) return <p className="quiet list-empty">{texts.machine.noDevices}</p>;
  const none = chosen?.what !== "device";
  return (
    <table className="objects devices" onKeyDown={moveRow}>
      <Head names={texts.machine.deviceColumns} />
      <tbody>
        {devices.map((device, index) => (
          <Row
            key={device.id}
            chosen={chosen?.what === "device" && chosen.id === device.id}
            first={none && index === 0}
            onChoose={() => onChoose({ what: "device", id: device.id })}
            name={
              <>
                {deviceIcon(device.type)}
                <span className="mono">{device.id}</span>
              </>
            }
          >
            <td>{[device.type, device.class ?? device.role].filter(Boolean).join(", ")}</td>
            <td className="mono">{device.medium ?? device.mac ?? ""}</td>
            <td>{device.wire === undefined ? nameOf(device.attachedTo) : texts.machine.onWire(device.wire)}</td>
            <td className="mono">{device.connectedTo.join(" ")}</td>
          </Row>
        ))}
      </tbody>
    </table>
  );
}
