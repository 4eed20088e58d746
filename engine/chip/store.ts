/**
 * What a chip keeps without power: its keys, its certificate, its counters; per platform, in IndexedDB. The keys are stored as
 * CryptoKey objects that nobody can export: no bytes of them pass through here. Nothing else of the project may use this
 * database; code of the page's own origin could (docs/threat-model.md).
 */
import { exportPublicKey, generateKeyPair, readCertificate } from "../attestation/index.ts";
import { TerraError } from "../protocol/errors.ts";
import { equalBytes, toHex } from "../storage/index.ts";
import { makeSealingMaster } from "./sealing.ts";
import type { Counters } from "./services.ts";

export interface ChipKeys {
  /** The certificate's CN, and part of each counter's key. */
  serial: string;
  /** ECDSA P-256: certifies the firmware's key. */
  endorsement: CryptoKeyPair;
  /** HMAC-SHA-256: master of all sealing keys. */
  sealing: CryptoKey;
  /** PEM; absent until the factory has answered. */
  certificate?: string;
}

export interface ChipStore {
  /** Loads the platform's keys; makes them the first time. */
  keys(platform: string): Promise<ChipKeys>;
  /** Keeps the factory's certificate; "bad-argument" if it is not one for this chip's key. */
  certify(platform: string, certificate: string): Promise<ChipKeys>;
  counters(serial: string): Counters;
}

const DATABASE = "terra-chip";
const CHIPS = "chips";
const COUNTERS = "counters";

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Runs `use` in one transaction; resolves with its value once the transaction is on the disk. A request that fails undoes it. */
function transact<T>(
  database: IDBDatabase,
  store: string,
  mode: "readonly" | "readwrite",
  use: (objects: IDBObjectStore) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const value = use(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(value);
    transaction.onabort = () => reject(transaction.error);
    value.catch(reject);
  });
}

export async function openChipStore(): Promise<ChipStore> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(CHIPS);
    opening.result.createObjectStore(COUNTERS);
  };
  const database = await done(opening).catch((thrown: unknown) => {
    throw new TerraError(
      "unavailable",
      `the chip can keep no keys, this browser stores nothing for the page: ${thrown}`,
    );
  });

  const load = async (objects: IDBObjectStore, platform: string) =>
    (await done(objects.get(platform))) as ChipKeys | undefined;

  return {
    async keys(platform) {
      const kept = await transact(database, CHIPS, "readonly", (objects) => load(objects, platform));
      if (kept) return kept;
      const [endorsement, sealing] = await Promise.all([generateKeyPair(), makeSealingMaster()]);
      const serial = `TL-${toHex(crypto.getRandomValues(new Uint8Array(8)))}`;
      const made: ChipKeys = { serial, endorsement, sealing };
      // Two tabs may have come here at once: the first that stores its keys has made the chip.
      return transact(database, CHIPS, "readwrite", async (objects) => {
        const first = await load(objects, platform);
        if (!first) await done(objects.add(made, platform));
        return first ?? made;
      });
    },
    async certify(platform, certificate) {
      const { publicKey } = readCertificate(certificate, "the chip's certificate");
      const kept = await transact(database, CHIPS, "readonly", (objects) => load(objects, platform));
      if (!kept) throw new TerraError("bad-state", `${platform} has no chip to certify; provision it first`);
      if (!equalBytes(publicKey, await exportPublicKey(kept.endorsement.publicKey))) {
        throw new TerraError("bad-argument", `the certificate is not for the key of the chip ${kept.serial}`);
      }
      const certified = { ...kept, certificate };
      await transact(database, CHIPS, "readwrite", (objects) => done(objects.put(certified, platform)));
      return certified;
    },
    counters: (serial) => ({
      read: (register) =>
        transact(database, COUNTERS, "readonly", async (objects) =>
          Number((await done(objects.get([serial, register]))) ?? 0),
        ),
      increment: (register) =>
        transact(database, COUNTERS, "readwrite", async (objects) => {
          const next = Number((await done(objects.get([serial, register]))) ?? 0) + 1;
          await done(objects.put(next, [serial, register]));
          return next;
        }),
    }),
  };
}
