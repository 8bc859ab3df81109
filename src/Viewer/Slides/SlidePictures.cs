using Coverslip.Slides.Images;
using Coverslip.Viewer.Contents;

namespace Coverslip.Viewer.Slides;

/// <summary>Tiles and small views of slides as JPEG, straight from the readers: no pyramid is written.</summary>
internal sealed class SlidePictures(OpenSlides open, long cacheBytes) : IDisposable
{
    /// <summary>Of 100: no difference to be seen beside the slide's own JPEG, at a third of the bytes of 95.</summary>
    internal const int Quality = 85;

    private const int ThumbnailSide = 320;

    private static readonly ImageWriteOptions Jpeg = new() { JpegQuality = Quality };

    private readonly PictureStore store = new(cacheBytes, Environment.ProcessorCount);

    internal long HeldBytes => store.HeldBytes;

    internal Task<byte[]> Tile(
        ShownSlide slide,
        int level,
        long column,
        long row,
        DeepZoomTile tile,
        CancellationToken stop
    ) => store.Get(new PictureKey(slide.Id, level, column, row), () => Render(slide, tile), stop);

    internal Task<byte[]> Thumbnail(ShownSlide slide, CancellationToken stop) =>
        store.Get(
            new PictureKey(slide.Id, PictureKey.Thumbnail, 0, 0),
            () =>
                open.With(
                    slide,
                    file =>
                    {
                        using var view = file.ReadThumbnail(ThumbnailSide);
                        return Encoded(view.Image);
                    }
                ),
            stop
        );

    internal static byte[] Encoded(Image image) => ImageFile.Encode(image, ".jpg", Jpeg);

    public void Dispose() => store.Dispose();

    private byte[] Render(ShownSlide slide, DeepZoomTile tile) =>
        open.With(
            slide,
            file =>
            {
                using var region = file.ReadAt(tile.At, tile.Size, tile.Step);
                return Encoded(region.Image);
            }
        );
}
