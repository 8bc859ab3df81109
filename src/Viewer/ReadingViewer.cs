using Coverslip.Viewer.Contents;
using Coverslip.Viewer.Hosting;
using Coverslip.Viewer.Layers;
using Coverslip.Viewer.Readings;
using Coverslip.Viewer.Slides;

namespace Coverslip.Viewer;

/// <summary>
/// A viewer for the readers of a study. It has what a reading needs and nothing else: no list of folders, no annotations, no
/// truth; slides have no names, which often tell what is true of them.
/// </summary>
public static class ReadingViewer
{
    /// <summary>Starts it; each reader signs in with the own token.</summary>
    /// <exception cref="IOException">There is no such study, a slide is missing, or no port to listen at.</exception>
    public static async Task<ViewerHost> StartAsync(ReadingPlace place, ViewerOptions options)
    {
        var (log, study) = await ReadingLog.OpenAsync(place);
        if (study.Simulated is not null)
        {
            log.Dispose();
            throw new InvalidDataException(
                $"{study.Name} was simulated: nobody reads it, and it has no slides to show; 'coverslip reading report {study.Name}' judges it, and 'coverslip reading new' makes one for readers"
            );
        }
        try
        {
            StudyFiles.Check(study);
        }
        catch
        {
            log.Dispose();
            throw;
        }
        var tokens = new AccessTokens();
        foreach (var reader in study.Readers)
            tokens.Admit(reader.TokenHash, new Visitor(reader.Name) { Reads = true });
        var desk = await ReadingDesk.OpenAsync(log, study);
        options = options with { TellsFiles = false };
        if (study.Pictures)
            return await ViewerHost.StartAsync(
                options,
                tokens,
                [
                    new CasePictureModule(desk),
                    new ReadingModule(desk, new CaseFiles(study, CasePictureModule.SizeOf(study)), null),
                ]
            );
        var slides = study.Cases.Select(c => Shown(study, c)).ToArray();
        var access = new ReadingAccess(desk, [.. slides.Select(s => s.Id)]);
        var (shown, open) = (ShownSlides.Of(slides), new OpenSlides(options.SlideMpp));
        var pictures = new SlidePictures(open, options.CacheBytes);
        var host = await ViewerHost.StartAsync(
            options,
            tokens,
            [
                new SlideModule(shown, open, pictures, access),
                new LayerModule(shown, open, access),
                new ReadingModule(desk, new CaseFiles(study, SizeOf), [.. slides.Select(s => s.Id)]),
            ]
        );
        host.Own(pictures, open);
        return host;

        (long, long) SizeOf(int number) =>
            open.With(slides[number], s => ((long)s.Levels[0].Width, (long)s.Levels[0].Height));
    }

    private static ShownSlide Shown(ReadingStudy study, ReadingCase of)
    {
        var record = MachineView.RecordOf(study.Predictions, of.File);
        return new ShownSlide(new ViewedFile(of.File, of.Contents) { Alias = "slide" })
        {
            Layers =
            [
                new ShownLayer(LayerKind.Heatmap, new ViewedFile(record, $"{of.Contents} map") { Alias = "map" }),
            ],
        };
    }
}
