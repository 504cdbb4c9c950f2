import L from "leaflet";
import type { XY } from "../geo/rough";

/** What a layer draws on: coordinates are pixels of the world at this zoom, moved so that the canvas begins at 0, 0. */
export interface Frame {
  ctx: CanvasRenderingContext2D;
  zoom: number;
  /** The corner of the canvas in pixels of the world. */
  origin: XY;
  width: number;
  height: number;
  /** The part of the canvas that is on screen. */
  view: { x: number; y: number; width: number; height: number };
}

type Draw = (frame: Frame) => void;

/**
 * Canvas is one canvas over the whole view and a margin. It leaves panning and the zoom animation to Leaflet's own
 * renderer and repaints in one go: there is no frame in which it is empty.
 */
export class Canvas extends L.Renderer {
  declare private _container: HTMLCanvasElement;
  declare private _bounds: L.Bounds;
  declare private _layers: Record<string, never>;
  declare private paint: Draw;
  declare private pending: number;

  constructor(pane: string, paint: Draw) {
    super({ pane, padding: 0.25 });
    this._layers = {};
    this.paint = paint;
    this.pending = 0;
  }

  /** redraw paints again before the next frame. */
  redraw(): void {
    if (this.pending || !this._map) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      if (this._map) this.draw();
    });
  }

  override onAdd(map: L.Map): this {
    super.onAdd(map);
    map.on("move", this.follow, this);
    return this;
  }

  override onRemove(map: L.Map): this {
    map.off("move", this.follow, this);
    return super.onRemove(map);
  }

  /** follow paints while dragging only where the margin is used up. */
  private follow(): void {
    const corner = this._map.containerPointToLayerPoint([0, 0]);
    const view = L.bounds(corner, corner.add(this._map.getSize()));
    if (this._bounds && !this._bounds.contains(view)) this._update();
  }

  protected _initContainer(): void {
    this._container = document.createElement("canvas");
    this._container.setAttribute("aria-hidden", "true");
  }

  protected _destroyContainer(): void {
    cancelAnimationFrame(this.pending);
    this.pending = 0;
    this._container.remove();
  }

  protected _updatePaths(): void {}

  protected _update(): void {
    const map = this._map as L.Map & { _animatingZoom?: boolean };
    if (map._animatingZoom && this._bounds) return;
    (L.Renderer.prototype as unknown as { _update(): void })._update.call(this);
    L.DomUtil.setPosition(this._container, this._bounds.min as L.Point);
    this.draw();
  }

  private draw(): void {
    const ctx = this._container.getContext("2d");
    const min = this._bounds.min;
    if (!ctx || !min) return;
    const size = this._bounds.getSize();
    const ratio = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(size.x * ratio), Math.round(size.y * ratio)];
    if (this._container.width !== w || this._container.height !== h) {
      this._container.width = w;
      this._container.height = h;
      this._container.style.width = `${size.x}px`;
      this._container.style.height = `${size.y}px`;
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, size.x, size.y);
    const corner = this._map.containerPointToLayerPoint([0, 0]).subtract(min);
    const screen = this._map.getSize();
    this.paint({
      ctx,
      zoom: this._map.getZoom(),
      origin: this._map.getPixelOrigin().add(min),
      width: size.x,
      height: size.y,
      view: { x: corner.x, y: corner.y, width: screen.x, height: screen.y },
    });
  }
}
