using Coverslip.Files;
using Coverslip.Phantoms;
using Coverslip.Slides.Geometry;
using Coverslip.Tests;
using Coverslip.Viewer.Hosting;
using Coverslip.Viewer.Readings;

namespace Coverslip.Viewer.Tests.Readings;

/// <summary>A study of small painted slides or radiographs, with what a model is said to make of them.</summary>
internal sealed class PaintedStudy : IAsyncDisposable
{
    private const int Side = 1024;

    private PaintedStudy(string folder, ReadingPlace place, ReadingStudy study, ViewerHost host)
    {
        (Folder, Place, Study, Host) = (folder, place, study, host);
    }

    internal string Folder { get; }

    internal ReadingPlace Place { get; }

    internal ReadingStudy Study { get; }

    internal ViewerHost Host { get; }

    /// <summary>By reader.</summary>
    internal required IReadOnlyDictionary<string, string> Tokens { get; init; }

    /// <summary>Paints slides and serves them to readers, each with the cases that are theirs.</summary>
    internal static Task<PaintedStudy> ServeAsync(int slides, params (string Name, int[] Cases)[] readers) =>
        ServeNamedAsync([.. Enumerable.Range(0, slides).Select(NameOf)], readers);

    /// <summary>The same, of slides that are called so.</summary>
    internal static async Task<PaintedStudy> ServeNamedAsync(
        string[] names,
        params (string Name, int[] Cases)[] readers
    )
    {
        var folder = Directory.CreateTempSubdirectory("reading").FullName;
        var predictions = Path.Combine(folder, "predictions");
        var cases = new List<ReadingCase>();
        foreach (var (i, name) in names.Index())
            cases.Add(Paint(folder, predictions, i, name));
        return await ServeAsync(
            folder,
            new ReadingStudy
            {
                Name = "study",
                Cohort = Path.Combine(folder, "cohort.csv"),
                Predictions = predictions,
                Model = MachineView.ModelOf(predictions, cases[0].File),
                Classes = ["normal", "tumor"],
                Positive = "tumor",
                Cases = cases,
                Readers = [],
            },
            readers
        );
    }

    /// <summary>Paints radiographs and serves them, with a map and a mask of each.</summary>
    internal static async Task<PaintedStudy> ServePicturesAsync(
        int pictures,
        params (string Name, int[] Cases)[] readers
    )
    {
        var folder = Directory.CreateTempSubdirectory("reading").FullName;
        var predictions = Path.Combine(folder, "predictions");
        RadiographCohort.Write(
            Path.Combine(folder, "chests"),
            new RadiographCohortOptions { Patients = pictures, Size = 128 }
        );
        ReadingCase[] cases = [.. Enumerable.Range(0, pictures).Select(i => ChestOf(folder, i))];
        InventedPrediction.WritePictures(
            predictions,
            "tumor",
            [.. cases.Select((c, i) => (c.Image, ProbabilityOf(i), MapColor(i)))]
        );
        var machine = PictureMachine.Of(predictions, "tumor", cases);
        return await ServeAsync(
            folder,
            new ReadingStudy
            {
                Name = "study",
                Cohort = Path.Combine(folder, "cohort.csv"),
                Predictions = predictions,
                Model = machine.Model,
                Classes = ["normal", "tumor"],
                Positive = "tumor",
                Pictures = true,
                Cases = [.. cases.Select(c => c with { Machine = machine.ContentsOf(c) })],
                Readers = [],
            },
            readers
        );
    }

    private static async Task<PaintedStudy> ServeAsync(
        string folder,
        ReadingStudy of,
        (string Name, int[] Cases)[] readers
    )
    {
        var made = readers.Select(r => ReadingReader.Create(r.Name, r.Cases)).ToList();
        var place = ReadingPlace.Of(Path.Combine(folder, "study"), null);
        var study = of with { Readers = [.. made.Select(m => m.Reader)] };
        await ReadingLog.CreateAsync(place, study);
        return new PaintedStudy(
            folder,
            place,
            study,
            await ReadingViewer.StartAsync(place, new ViewerOptions { Port = 0 })
        )
        {
            Tokens = made.ToDictionary(m => m.Reader.Name, m => m.Token),
        };
    }

    /// <summary>What the machine says of a slide, in digits that nothing else has.</summary>
    internal static double ProbabilityOf(int slide) => 0.87612345 + slide * 0.01;

    /// <summary>The slide's name tells what is true of it.</summary>
    internal static string NameOf(int slide) => $"secret-tumor-{slide}";

    /// <summary>The gray of what the machine draws of a picture.</summary>
    internal static byte MapColor(int picture) => (byte)(90 + picture);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
    }

    private static ReadingCase Paint(string folder, string predictions, int slide, string name)
    {
        var file = Path.Combine(folder, $"{name}.tif");
        SlidePhantom.Write(
            file,
            new SlidePhantomOptions
            {
                Width = Side,
                Height = Side,
                Mpp = Mpp.Of(1),
                Seed = slide,
            }
        );
        InventedPrediction.Write(predictions, name, Side, ProbabilityOf(slide));
        return new ReadingCase(Path.GetFileName(file), file, FileContents.Read(file), $"p{slide}", "tumor")
        {
            Machine = MachineView.ContentsOf(predictions, file),
        };
    }

    private static ReadingCase ChestOf(string folder, int number)
    {
        var file = Path.Combine(folder, $"{NameOf(number)}.png");
        File.Copy(Path.Combine(folder, "chests", "images", $"P00{number + 1}-1.png"), file);
        return new ReadingCase(Path.GetFileName(file), file, FileContents.Read(file), $"p{number}", "tumor")
        {
            Machine = "",
        };
    }
}
