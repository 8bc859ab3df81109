using Coverslip.Viewer.Contents;
using Coverslip.Viewer.Corrections;
using Coverslip.Viewer.Drawing;
using Coverslip.Viewer.Hosting;
using Coverslip.Viewer.Layers;
using Coverslip.Viewer.Pictures;
using Coverslip.Viewer.Slides;

namespace Coverslip.Viewer;

/// <summary>A viewer of what lies in folders.</summary>
public static class SlideViewer
{
    /// <summary>Starts a viewer.</summary>
    /// <param name="paths">Slides, folders of slides, what <c>predict</c> wrote, runs, cohorts, a correction.</param>
    /// <param name="options">Where it listens.</param>
    /// <returns>The viewer, and the address that lets its holder in.</returns>
    /// <exception cref="IOException">Nothing to show, or no port to listen at.</exception>
    public static async Task<(ViewerHost Host, Uri Entry)> StartAsync(
        IReadOnlyList<string> paths,
        ViewerOptions options
    )
    {
        var token = AccessTokens.Create();
        var tokens = new AccessTokens();
        tokens.Admit(AccessTokens.HashOf(token), Visitor.Owner);
        var open = new OpenSlides(options.SlideMpp);
        var pictures = new SlidePictures(open, options.CacheBytes);
        var host = await ViewerHost.StartAsync(options, tokens, Modules(paths, options, open, pictures));
        host.Own(pictures, open);
        return (host, new Uri(host.Address, $"/?token={token}"));
    }

    private static string FolderOf(string path) =>
        Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;

    /// <summary>Every part of the viewer; a part adds its line here.</summary>
    private static IViewerModule[] Modules(
        IReadOnlyList<string> paths,
        ViewerOptions options,
        OpenSlides open,
        SlidePictures pictures
    )
    {
        var correction = CorrectionDesk.Among(paths, options);
        var folders = ViewedFolders.Of(correction?.Shown(paths) ?? paths);
        var drawn = new DrawnFiles(
            correction?.Folder.Annotations
                ?? options.Annotations
                ?? Path.Combine(FolderOf(paths[0]), DrawnFiles.UsualName),
            options.Clock
        );
        var slides = ShownSlides.In(folders, drawn.Folder);
        var sets = ShownPictures.In(folders);
        if (slides.Slides.Count == 0 && sets.Sets.Count == 0)
            throw new IOException(
                $"{string.Join(", ", paths)}: no slide and no cohort of pictures lies there"
                    + string.Concat(slides.Notes.Concat(sets.Notes).Select(note => $"; {note}"))
                    + "; name slides, a folder of slides with what 'coverslip predict' wrote of them, or a folder with a cohort.csv"
            );
        var access = new EverythingShown();
        return
        [
            new SlideModule(slides, open, pictures, access) { Beside = options.Beside },
            new LayerModule(slides, open, access),
            new DrawingModule(slides, open, drawn, access) { Check = correction is null ? null : correction.Check },
            new CorrectionModule(slides, correction),
            new PictureModule(sets),
        ];
    }
}
