/**
 * The media `sealed` in IndexedDB, so that sealed data is there at the next visit. They lie outside the chip: whoever can run code
 * of this origin may read and change them, and gains nothing but a chip that refuses to open them.
 */
import { TerraError } from "../protocol/errors.ts";
import { type Bytes, unshared } from "../storage/index.ts";
import type { SealedStore } from "./world.ts";

const STORE = "sealed";

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open("terra-physical", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return done(opening).catch((thrown: unknown) => {
    throw new TerraError(
      "unavailable",
      `sealed blobs cannot be kept, this browser stores nothing for the page: ${thrown}`,
    );
  });
}

export function createSealedStore(): SealedStore {
  const opening = open();
  return {
    async load(key) {
      const objects = (await opening).transaction(STORE).objectStore(STORE);
      const kept: unknown = await done(objects.get(key));
      return kept instanceof Uint8Array ? unshared(kept) : undefined;
    },
    async save(key, bytes) {
      const transaction = (await opening).transaction(STORE, "readwrite", { durability: "strict" });
      transaction.objectStore(STORE).put(bytes satisfies Bytes, key);
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
    },
  };
}
