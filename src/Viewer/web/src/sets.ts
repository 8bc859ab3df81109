/** Cohorts and predictions of pictures; null where there are none. */
export async function picturesOf(): Promise<HTMLElement | null> {
  return null;
}
