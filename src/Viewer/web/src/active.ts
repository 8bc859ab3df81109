const often = 1000;

/** Seconds for which somebody was at the page: it is seen, and somebody has moved within so many seconds. */
export class ActiveTime {
  seconds = 0;
  private moved = Date.now();
  private readonly clock: number;
  private readonly move = () => (this.moved = Date.now());

  constructor(
    private readonly idleSeconds: number,
    private readonly passed: () => void = () => {},
  ) {
    for (const event of ["pointermove", "keydown", "wheel"]) window.addEventListener(event, this.move, true);
    this.clock = window.setInterval(() => this.tick(), often);
  }

  end(): void {
    window.clearInterval(this.clock);
    for (const event of ["pointermove", "keydown", "wheel"]) window.removeEventListener(event, this.move, true);
  }

  private tick(): void {
    if (document.visibilityState === "visible" && Date.now() - this.moved < this.idleSeconds * 1000)
      this.seconds += often / 1000;
    this.passed();
  }
}
