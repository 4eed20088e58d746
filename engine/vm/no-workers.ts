/**
 * v86 starts a worker of its own, from a blob: URL, for its timers, and hangs silently where the page's policy forbids that.
 * This realm makes no workers: while v86 is being put together the constructor is a dummy, and scheduler.ts then does
 * the work.
 */
class NoWorker {
  onmessage: unknown = null;
  postMessage(): void {}
  terminate(): void {}
}

export async function withoutWorkers<Result>(during: () => Promise<Result>): Promise<Result> {
  const scope = globalThis as { Worker?: unknown };
  const had = "Worker" in scope;
  const before = scope.Worker;
  scope.Worker = NoWorker;
  try {
    return await during();
  } finally {
    if (had) scope.Worker = before;
    else delete scope.Worker;
  }
}
