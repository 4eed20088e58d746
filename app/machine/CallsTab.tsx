/** The machine's VMs and devices in two tables; beside them the calls about the one that is chosen, or the form of a new one. */
import { useState } from "react";
import { allDevices } from "../facts/devices.ts";
import type { MachineFacts } from "../facts/facts.ts";
import { useFacts } from "../facts/store.ts";
import { BoxIcon } from "../icons/icons.tsx";
import { enterZoom } from "../page/page.ts";
import { Role } from "../parts/Role.tsx";
import { texts } from "../texts.ts";
import { CreateDevice, CreateVm } from "./CreateForms.tsx";
import { DeviceCalls } from "./DeviceCalls.tsx";
import { useImages, useMedia } from "./lists.ts";
import { type Chosen, DeviceTable, deviceIcon, VmTable } from "./Tables.tsx";
import { VmCalls } from "./VmCalls.tsx";

function Panel({ machine, chosen }: { machine: MachineFacts; chosen: Chosen | null }) {
  const wires = useFacts((facts) => facts.wires);
  const images = useImages();
  const { media } = useMedia(machine);
  const devices = allDevices(machine, wires);
  const platform = machine.info.id;
  const names = media.map(({ id }) => id);
  if (chosen?.what === "new-vm") {
    return (
      <>
        <h3 className="panel-title">CREATE-VM</h3>
        <CreateVm key={images.length} platform={platform} images={images} media={names} />
      </>
    );
  }
  if (chosen?.what === "new-device") {
    return (
      <>
        <h3 className="panel-title">CREATE-DEVICE</h3>
        <CreateDevice key={names.length} platform={platform} images={images} media={names} />
      </>
    );
  }
  const box = chosen?.what === "vm" ? machine.boxes.find(({ id }) => id === chosen.id) : undefined;
  if (box) {
    return (
      <>
        <h3 className="panel-title">
          <BoxIcon status={box.status} />
          {box.status.name} <span className="mono quiet">{box.id}</span>
          <button type="button" className="chip" onClick={() => enterZoom({ kind: "box", path: box.path })}>
            {texts.box.tools}
          </button>
        </h3>
        <VmCalls key={box.id} box={box} devices={devices} />
      </>
    );
  }
  const device = chosen?.what === "device" ? devices.find(({ id }) => id === chosen.id) : undefined;
  if (device) {
    return (
      <>
        <h3 className="panel-title">
          {deviceIcon(device.type)}
          {device.id} <span className="quiet">{device.type}</span>
        </h3>
        <DeviceCalls key={device.id} machine={machine} device={device} devices={devices} />
      </>
    );
  }
  return <p className="quiet">{texts.machine.choose}</p>;
}

export function CallsTab({ machine }: { machine: MachineFacts }) {
  const [chosen, setChosen] = useState<Chosen | null>(() => {
    const first = machine.boxes[0];
    return first ? { what: "vm", id: first.id } : null;
  });
  return (
    <div className="machine-calls">
      <div className="machine-lists">
        <div className="list-title">
          <h3 className="heading">{texts.machine.vms}</h3>
          <button
            type="button"
            className="chip"
            aria-pressed={chosen?.what === "new-vm"}
            onClick={() => setChosen({ what: "new-vm" })}
          >
            CREATE-VM
          </button>
        </div>
        <VmTable machine={machine} chosen={chosen} onChoose={setChosen} />
        <div className="list-title">
          <h3 className="heading">{texts.machine.devices}</h3>
          <button
            type="button"
            className="chip"
            aria-pressed={chosen?.what === "new-device"}
            onClick={() => setChosen({ what: "new-device" })}
          >
            CREATE-DEVICE
          </button>
        </div>
        <DeviceTable machine={machine} chosen={chosen} onChoose={setChosen} />
      </div>
      <section className="panel" aria-label={texts.machine.calls}>
        <Role of="owner" />
        <Panel machine={machine} chosen={chosen} />
      </section>
    </div>
  );
}
