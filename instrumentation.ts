/** Next calls `register` once, in the serving process, before it takes requests. */
export async function register(): Promise<void> {
  // the condition is what keeps Node's modules out of the bundle for the edge runtime
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { startServer } = await import('./instrumentation-node.ts');
    await startServer();
  }
}
