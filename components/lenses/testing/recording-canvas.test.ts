import { expect, test } from 'vitest';
import { RecordingContext } from './recording-canvas.ts';

const canvas = { width: 100, height: 50 } as HTMLCanvasElement;
function faultsOf(draw: (context: RecordingContext) => void): readonly string[] {
  const context = new RecordingContext(canvas);
  draw(context);
  return context.end();
}

const FAULTY: readonly (readonly [string, (context: RecordingContext) => void])[] = [
  ['fillRect(NaN, 0, 1, 1)', (c) => c.fillRect(Number.NaN, 0, 1, 1)],
  ['lineTo(0, Infinity)', (c) => c.lineTo(0, Number.POSITIVE_INFINITY)],
  ['moveTo(1e+30, 0)', (c) => c.moveTo(1e30, 0)],
  ['arc of radius -1', (c) => c.arc(0, 0, -1, 0, 1)],
  ['lineWidth = NaN', (c) => Object.assign(c, { lineWidth: Number.NaN })],
  ['globalAlpha = 1.5', (c) => Object.assign(c, { globalAlpha: 1.5 })],
  ['fillStyle = rgb(NaN 0 0)', (c) => Object.assign(c, { fillStyle: 'rgb(NaN 0 0)' })],
  ['strokeStyle = undefined', (c) => Object.assign(c, { strokeStyle: undefined })],
  ['strokeStyle = ', (c) => Object.assign(c, { strokeStyle: '' })],
  ['fillText of “NaN %”', (c) => c.fillText('NaN %', 1, 1)],
  ['font = NaNpx sans-serif', (c) => Object.assign(c, { font: 'NaNpx sans-serif' })],
  ['1 save without restore', (c) => c.save()],
  ['restore without a save', (c) => c.restore()],
  ['drawImage of a picture without pixels', (c) => c.drawImage({ width: 0, height: 3 }, 0, 0)],
  ['createImageData(0, 3)', (c) => c.createImageData(0, 3)],
  ['putImageData of a byte NaN', (c) => c.putImageData({ data: [1, Number.NaN] }, 0, 0)],
  ['putImageData of a byte 300', (c) => c.putImageData({ data: [300] }, 0, 0)],
];
test.each(FAULTY)('%s is a fault', (fault, draw) => {
  expect(faultsOf(draw)).toEqual([fault]);
});

test('a sound picture has none, and every call is kept', () => {
  const context = new RecordingContext(canvas);
  context.save();
  context.translate(10, 10);
  context.fillStyle = '#15161b';
  context.fillRect(0, 0, 5, 5);
  context.restore();
  expect(context.end()).toEqual([]);
  expect(context.calls.map(({ name }) => name)).toEqual(['save', 'translate', 'fillRect', 'restore']);
  expect(context.calls[2]?.args).toEqual([0, 0, 5, 5]);
});

test('what lies on the canvas is told from what lies beside it, through shifts, turns and growth', () => {
  const context = new RecordingContext(canvas);
  context.fillRect(200, 0, 5, 5);
  context.fillRect(-9, -9, 5, 5);
  context.globalAlpha = 0;
  context.fillRect(1, 1, 5, 5);
  context.globalAlpha = 1;
  expect(context.marks).toBe(0);
  context.translate(-150, 0);
  context.fillRect(200, 0, 5, 5);
  expect(context.marks).toBe(1);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.rotate(-Math.PI / 2);
  // Turned upwards, out of the picture.
  context.fillRect(10, 10, 5, 5);
  expect(context.marks).toBe(1);
  context.fillRect(-20, 10, 5, 5);
  expect(context.marks).toBe(2);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.scale(2, 2);
  context.beginPath();
  context.arc(60, 20, 5, 0, 7);
  context.fill();
  expect(context.marks).toBe(2);
  context.beginPath();
  context.moveTo(0, 0);
  context.lineTo(5, 5);
  context.stroke();
  expect(context.marks).toBe(3);
});
