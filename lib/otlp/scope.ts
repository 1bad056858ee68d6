/** Instrumentation scope of the spans that Hoplight makes of hops: by it they are known when they come back. */
export const GIVE_BACK_SCOPE = 'hoplight.journey';

export function isGivenBack(scope: string): boolean {
  return scope === GIVE_BACK_SCOPE || scope.startsWith('hoplight.');
}
