/**
 * Keeps the vendors' keys and roots in this browser profile, in IndexedDB. WebCrypto keys are stored as keys: their bytes are
 * never seen, here or anywhere.
 */
import { TerraError } from "../protocol/errors.ts";
import { isVendors, makeVendors, type Vendors } from "./vendors.ts";

const DATABASE = "terra-factory";
const STORE = "vendors";
/** Change it when what makeVendors makes changes: a new profile of roots begins then. */
const KEY = "roots-1";

export async function loadVendors(): Promise<Vendors> {
  const database = await openDatabase();
  try {
    const stored = await settled(database.transaction(STORE).objectStore(STORE).get(KEY));
    if (isVendors(stored)) return stored;
    const made = await makeVendors();
    // Two tabs may have come here at once: whoever writes first makes the roots of this profile, and the other one reads them.
    const store = database.transaction(STORE, "readwrite").objectStore(STORE);
    const present = await settled(store.get(KEY));
    if (isVendors(present)) return present;
    await settled(store.put(made, KEY));
    return made;
  } finally {
    database.close();
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return settled(request);
}

function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () =>
      reject(new TerraError("unsupported", `this browser does not let the page keep keys: ${String(request.error)}`));
  });
}
