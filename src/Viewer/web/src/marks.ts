import type { Drawn } from "./overlay";
import type { Pane } from "./pane";

/** A place at which the reader sees a lesion. */
export interface Mark {
  x: number;
  y: number;
  confidence: number;
}

/** The reader's marks on a slide: set by a click while marking is on, or in the middle of the view. */
export class MarkLayer implements Drawn {
  all: Mark[] = [];
  marking = false;
  changed: () => void = () => {};

  /** @param missed told where a mark was meant to be set beside the slide */
  constructor(
    private readonly pane: Pane,
    private readonly missed: () => void,
  ) {
    pane.overlay.show([this]);
    pane.viewer.addHandler("canvas-click", (event) => {
      if (!this.marking || !event.quick) return;
      const at = pane.viewer.world
        .getItemAt(0)
        .viewportToImageCoordinates(pane.viewer.viewport.pointFromPixel(event.position));
      this.add(at.x, at.y);
    });
  }

  /** For those who use no mouse. */
  addInTheMiddle(): void {
    const { x, y } = this.pane.place;
    this.add(x, y);
  }

  remove(mark: Mark): void {
    this.set(this.all.filter((other) => other !== mark));
  }

  set(marks: Mark[]): void {
    this.all = marks;
    this.pane.overlay.draw();
    this.changed();
  }

  show(mark: Mark): void {
    this.pane.go({ x: mark.x, y: mark.y });
  }

  draw(context: CanvasRenderingContext2D, scale: number): void {
    this.all.forEach((mark, index) => {
      const arm = 11 / scale;
      for (const [width, color] of [
        [5, "white"],
        [2.5, "#0072b2"],
      ] as const) {
        context.lineWidth = width / scale;
        context.strokeStyle = color;
        context.beginPath();
        context.moveTo(mark.x - arm, mark.y);
        context.lineTo(mark.x + arm, mark.y);
        context.moveTo(mark.x, mark.y - arm);
        context.lineTo(mark.x, mark.y + arm);
        context.stroke();
      }
      context.font = `600 ${14 / scale}px system-ui, sans-serif`;
      context.lineWidth = 4 / scale;
      context.strokeStyle = "white";
      context.fillStyle = "#0072b2";
      context.strokeText(String(index + 1), mark.x + arm, mark.y - arm / 2);
      context.fillText(String(index + 1), mark.x + arm, mark.y - arm / 2);
    });
  }

  private add(x: number, y: number): void {
    const { width, height } = this.pane.facts;
    if (x < 0 || y < 0 || x >= width || y >= height) return this.missed();
    // The last half pixel is rounded to none that there is.
    const [column, row] = [Math.min(Math.round(x), width - 1), Math.min(Math.round(y), height - 1)];
    this.set([...this.all, { x: column, y: row, confidence: 3 }]);
  }
}
