/**
 * Network cards and what joins them: each card's end is a port that carries frames (frames.ts), the switch (engine/network) says
 * where they go. Here frames are only passed: what stands in them is the guests' business. This is a way that every packet
 * takes twice in each round trip, so nothing here waits for anything: one message in, one message out for each receiver,
 * and the frames' memory travels with it.
 *
 * What a vm worker sends is checked although its code was measured, for a guest may have broken it (readFrames). What a card is
 * sent while its worker does not read waits in that worker's own queue; it weighs on nobody else.
 *
 * A suspended box sends nothing: frames that its worker hands over all the same are dropped. Its card's port and the port over which
 * SUSPEND is answered are two, so a frame of the guest's last moment may come behind that answer and is lost then, as frames may be
 * on any network. What was handed over before, be it by a box before SUSPEND or before a DISCONNECT, is not called back: it waits
 * where it was sent to, and reaches a suspended receiver when that goes on.
 */
import { networkSwitch } from "../network/index.ts";
import { TerraError } from "../protocol/errors.ts";
import { readFrames } from "../protocol/frames.ts";
import type { NicInfo } from "../protocol/media.ts";
import { START_MS, within } from "./in-time.ts";
import type { Media } from "./media.ts";
import { type TrafficParts, traffic } from "./traffic.ts";

/** The most cards of a machine's own that are looked at, however many there are said to be. */
const MAX_CARDS = 16;

export interface Network {
  /** Physical cards of this machine, found once at start. */
  readonly physical: readonly NicInfo[];
  /** A fresh end of that card for the vm worker about to start; whatever end it had before is closed. */
  plugIn(device: string): MessagePort;
  /** Its VM runs no more; its connections stay. */
  unplug(device: string): void;
  /** Both exist (checked by the caller). Codes: "bad-argument" (same device, two physical ones), "bad-state" (connected already). */
  connect(a: string, b: string): void;
  /** Code "bad-state" if they are not connected. */
  disconnect(a: string, b: string): void;
  connectedTo(device: string): string[];
  /** The device is destroyed: its connections go with it. */
  remove(device: string): void;
}

export interface NetworkParts extends Omit<TrafficParts, "visible"> {
  media: Pick<Media, "nics" | "openNic">;
  /** Is this the card of an open box? */
  openBox(device: string): boolean;
  /** Is this the card of a box that is suspended? */
  standsStill(device: string): boolean;
}

export async function network(parts: NetworkParts): Promise<Network> {
  const { media, openBox, standsStill } = parts;
  const wires = new Map<string, NicInfo>();
  const told = traffic({ ...parts, visible: (device) => wires.has(device) || openBox(device) });
  const switched = networkSwitch(told.observe);
  const ends = new Map<string, MessagePort>();

  function hold(device: string, end: MessagePort): void {
    ends.set(device, end);
    end.onmessage = ({ data }) => {
      // What was under way when the end was closed is not this device's any more.
      if (ends.get(device) === end && !standsStill(device)) switched.forward(device, readFrames(data));
    };
    switched.plug(device, (frames) => {
      end.postMessage(
        { frames },
        frames.map(({ buffer }) => buffer),
      );
    });
  }

  function unplug(device: string): void {
    switched.unplug(device);
    ends.get(device)?.close();
    ends.delete(device);
  }

  for (const { nic, end } of await physicalCards(media)) {
    wires.set(nic.id, nic);
    hold(nic.id, end);
  }

  return {
    physical: [...wires.values()],
    plugIn(device) {
      unplug(device);
      const { port1, port2 } = new MessageChannel();
      hold(device, port1);
      return port2;
    },
    unplug,
    connect(a, b) {
      if (a !== b && wires.has(a) && wires.has(b)) {
        throw new TerraError("bad-argument", `${a} and ${b} are both physical network cards; one end must be a box's`);
      }
      switched.connect(a, b);
    },
    disconnect(a, b) {
      switched.disconnect(a, b);
      told.flush();
    },
    connectedTo: switched.connectedTo,
    remove(device) {
      unplug(device);
      switched.remove(device);
      told.flush();
    },
  };
}

/** A machine whose cards cannot be had, or not in time, is a machine without them. */
async function physicalCards(media: NetworkParts["media"]): Promise<{ nic: NicInfo; end: MessagePort }[]> {
  const inTime = within(START_MS);
  const listed = await inTime(media.nics(), "the list of network cards").catch((): NicInfo[] => []);
  const nics = listed.filter(({ id }, index) => listed.findIndex((each) => each.id === id) === index);
  const cards = nics.slice(0, MAX_CARDS).map(async (nic) => {
    const opening = media.openNic(nic.id);
    try {
      return [{ nic, end: await inTime(opening, nic.id) }];
    } catch {
      // What comes too late would gather frames that nobody takes.
      opening.then(
        (end) => end.close(),
        () => {},
      );
      return [];
    }
  });
  return (await Promise.all(cards)).flat();
}
