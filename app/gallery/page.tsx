import type { Metadata } from 'next';
import { Gallery } from './gallery.tsx';

export const metadata: Metadata = { title: 'Lenses' };

/** Every lens on fixed data: example, screenshot test and documentation in one. */
export default function GalleryPage() {
  return <Gallery />;
}
