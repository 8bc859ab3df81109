using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Phantoms;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;
using Coverslip.Tests;
using Coverslip.Viewer;
using Coverslip.Viewer.Hosting;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Tests.Commands;

/// <summary>From painted slides to the report of a reading, by the verbs and over the server.</summary>
[Collection("console")]
public sealed partial class ReadingVerbsTests : IDisposable
{
    private const int Side = 768;

    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_study_goes_from_slides_to_its_report()
    {
        VerbCall.Run(
            0,
            [.. $"slide phantoms --mpp 1 --side {Side} --patients 4 --tumor 0.5 --out".Split(' '), At("slides")]
        );
        var rows = (await File.ReadAllLinesAsync(At("slides/cohort.csv"))).Skip(1).Select(l => l.Split(',')).ToArray();
        string[] New(string name, string readers) =>
            [
                "reading",
                "new",
                At(name),
                "--slides",
                At("slides/cohort.csv"),
                "--run",
                At("predictions"),
                "--readers",
                readers,
            ];
        Assert.Contains("--run is what 'predict' wrote", VerbCall.Run(1, New("study", "ada")).Errors);
        Directory.CreateDirectory(At("predictions"));
        Assert.Contains(
            "was not predicted there; run 'coverslip predict' on it",
            VerbCall.Run(1, New("study", "ada")).Errors
        );
        foreach (var row in rows)
            InventedPrediction.Write(At("predictions"), Path.GetFileNameWithoutExtension(row[0]), Side, 0.7);
        Assert.Contains("names ada twice", VerbCall.Run(1, New("study", "ada,ada")).Errors);
        var told = VerbCall.Run(0, New("study", "ada,ben")).Output;
        var tokens = Token().Matches(told).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        Assert.Equal(["ada", "ben"], tokens.Keys);
        Assert.DoesNotContain(
            tokens["ada"],
            await File.ReadAllTextAsync(At("study.reading"), System.Text.Encoding.Latin1)
        );
        Assert.Contains("is there already", VerbCall.Run(1, New("study", "ada")).Errors);
        Assert.Contains("no reader has finished a case", VerbCall.Run(1, "reading", "report", At("study")).Errors);

        await MarksOfOldRowsAsync(New("old", "ada"));

        // Both name the truth of tumor slides, and mark it where it is; of the others ada is wrong until she sees the map.
        await using (
            var host = await ReadingViewer.StartAsync(
                ReadingPlace.Of(At("study"), null),
                new ViewerOptions { Port = 0 }
            )
        )
            foreach (var (reader, token) in tokens)
                await ReadAsync(host.Address, token, reader == "ada");
        Assert.Contains("ada: 4 of 4 cases finished", VerbCall.Run(0, "reading", "list", At("study")).Output);
        var verified = VerbCall.Run(0, "reading", "verify", At("study")).Output;
        Assert.Contains("33 rows, each follows the one before", verified); // 1 and 4 for each of 8 readings
        var head = verified.Split("last hash: ")[1].Trim();
        VerbCall.Run(0, "reading", "backup", At("study"), "--out", At("copy"));
        Assert.Contains(head, VerbCall.Run(0, "reading", "verify", At("copy"), "--head", head).Output);
        Assert.Contains(
            "no row has the hash",
            VerbCall.Run(1, "reading", "verify", At("copy"), "--head", head[1..]).Errors
        );

        var report = VerbCall
            .Run(0, "reading", "report", At("copy"), "--out", At("report"), "--bootstrap", "50")
            .Output;
        Assert.Contains("2 readers, 8 readings", report);
        Assert.Contains("2 verdicts were changed to right, 0 to wrong", report);
        var figures = JsonDocument.Parse(await File.ReadAllTextAsync(At("report/figures.json"))).RootElement;
        var ada = figures.GetProperty("readers")[0];
        double Of(string figure, string time) =>
            ada.GetProperty("figures").GetProperty(figure).GetProperty(time).GetProperty("value").GetDouble();
        Assert.Equal((0.5, 1), (Of("accuracy", "before"), Of("accuracy", "after")));
        Assert.Equal((0, 1), (Of("specificity", "before"), Of("specificity", "after")));
        Assert.Equal((1, 1), (Of("sensitivity", "before"), Of("sensitivity", "after")));
        Assert.Equal(1, Of("jafroc", "after")); // every lesion is marked, and no normal slide
        Assert.True(Of("seconds", "before") >= 0);
        Assert.Equal(2, ada.GetProperty("helped").GetInt32());
        Assert.Equal(9, (await File.ReadAllLinesAsync(At("report/readings.csv"))).Length);
        Assert.Contains("readers and cases like these", await File.ReadAllTextAsync(At("report/report.html")));

        // A row that was changed is named, and has no report.
        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={At("study.reading")}"))
        {
            await connection.OpenAsync();
            var change = connection.CreateCommand();
            change.CommandText = "DROP TRIGGER actions_no_update; UPDATE actions SET who = 'ben' WHERE number = 7";
            await change.ExecuteNonQueryAsync();
        }
        Assert.Contains("row 7 (", VerbCall.Run(1, "reading", "verify", At("study")).Errors);
        Assert.Contains("was changed", VerbCall.Run(1, "reading", "report", At("study")).Errors);
    }

    [Fact]
    public async Task Radiographs_are_read_and_marks_judged_by_boxes()
    {
        RadiographCohort.Write(
            At("chests"),
            new RadiographCohortOptions
            {
                Patients = 8,
                Size = 96,
                Healthy = 0,
            }
        );
        var cohort = Cohort.Load(At("chests/cohort.csv"));
        string[] New(params string[] more) =>
            [
                "reading",
                "new",
                At("study"),
                "--images",
                At("chests/cohort.csv"),
                "--run",
                At("predictions"),
                "--readers",
                "ada,ben",
                .. more,
            ];
        Directory.CreateDirectory(At("predictions"));
        Assert.Contains("say which of", VerbCall.Run(1, New()).Errors);
        Assert.Contains("is no label of", VerbCall.Run(1, New("--positive", "tumor")).Errors);
        Assert.Contains("predictions.csv: there is no such file", VerbCall.Run(1, New("--positive", "nodule")).Errors);
        InventedPrediction.WritePictures(
            At("predictions"),
            "nodule",
            [.. cohort.Rows.Skip(1).Select(r => (r.Image, 0.8, (byte)9))]
        );
        Assert.Contains("it has no row of images/P001-1.png", VerbCall.Run(1, New("--positive", "nodule")).Errors);
        InventedPrediction.WritePictures(
            At("predictions"),
            "nodule",
            [.. cohort.Rows.Select(r => (r.Image, 0.8, (byte)9))]
        );
        Assert.Contains(
            "is no slide; give a cohort of patches or radiographs with --images",
            VerbCall.Run(1, [.. New().Select(w => w == "--images" ? "--slides" : w)]).Errors
        );
        Assert.Contains(
            "name one of these with --positive",
            VerbCall.Run(1, New("--positive", cohort.Classes.First(c => c != "nodule"))).Errors
        );
        var told = VerbCall.Run(0, New("--positive", "nodule", "--boxes", At("chests/boxes.csv"))).Output;
        var tokens = Token().Matches(told).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);

        var (log, study) = await ReadingLog.OpenAsync(ReadingPlace.Of(At("study"), null));
        log.Dispose();
        Assert.Equal(["no nodule", "nodule"], study.Classes);
        var boxes = BoxesFile.Read(At("chests/boxes.csv"), cohort);
        Mark[] On(ReadingCase c) =>
            [
                .. boxes
                    .Where(b => b.Image == c.Image && b.Label == "nodule")
                    .Select(b => new Mark(b.Area.X + b.Area.Width / 2, b.Area.Y + b.Area.Height / 2, 5)),
            ];
        await using (
            var host = await ReadingViewer.StartAsync(
                ReadingPlace.Of(At("study"), null),
                new ViewerOptions { Port = 0 }
            )
        )
            foreach (var (reader, token) in tokens)
                // Ada marks a corner of every picture until she sees the map.
                await ReadAsync(host.Address, token, c => reader == "ada" ? [new Mark(0, 0, 3)] : On(c), On);
        VerbCall.Run(0, "reading", "report", At("study"), "--out", At("report"), "--bootstrap", "0");
        var figures = JsonDocument.Parse(await File.ReadAllTextAsync(At("report/figures.json"))).RootElement;
        double Jafroc(int reader, string time) =>
            figures
                .GetProperty("readers")[reader]
                .GetProperty("figures")
                .GetProperty("jafroc")
                .GetProperty(time)
                .GetProperty("value")
                .GetDouble();
        Assert.Equal((0, 1), (Jafroc(0, "before"), Jafroc(0, "after")));
        Assert.Equal((1, 1), (Jafroc(1, "before"), Jafroc(1, "after")));
        Assert.Contains("nodule is looked for", await File.ReadAllTextAsync(At("report/report.html")));

        await File.AppendAllTextAsync(At("chests/boxes.csv"), "\n");
        Assert.Contains(
            "are not those that the study was made with",
            VerbCall.Run(1, "reading", "report", At("study")).Errors
        );
    }

    [Fact]
    public async Task Fields_of_slides_are_read_each_by_itself()
    {
        VerbCall.Run(
            0,
            [.. "slide phantoms --mpp 1 --side 512 --patients 2 --tumor 0.5 --out".Split(' '), At("slides")]
        );
        var slideCohort = Cohort.Load(At("slides/cohort.csv"));
        string[] slides = [.. slideCohort.Rows.Select(slideCohort.ImagePath).Order()];
        VerbCall.Run(
            0,
            [
                "patches",
                .. slides,
                "--cohort",
                At("slides/cohort.csv"),
                .. "--mpp 2 --side 64 --random 2 --seed 1 --out".Split(' '),
                At("index.csv"),
            ]
        );
        var cohort = Cohort.Load(At("index.csv"));
        Assert.Equal(4, cohort.Rows.Count);
        InventedPrediction.WritePictures(
            At("predictions"),
            "tumor",
            [.. cohort.Rows.Select(r => (r.Image, 0.8, (byte)9))]
        );
        string[] make =
        [
            "reading",
            "new",
            At("study"),
            "--images",
            At("index.csv"),
            "--run",
            At("predictions"),
            "--readers",
            "ada",
        ];
        var told = VerbCall.Run(0, make).Output;
        Assert.Contains("4 pictures, 1 reader; tumor is looked for", told);
        var token = Token().Match(told).Groups[2].Value;
        var place = ReadingPlace.Of(At("study"), null);
        var options = new ViewerOptions { Port = 0 };
        await using (var host = await ReadingViewer.StartAsync(place, options))
        {
            await ReadAsync(host.Address, token, _ => [new Mark(63, 63, 2)], _ => []);
            using var client = new HttpClient { BaseAddress = host.Address };
            await client.PostAsJsonAsync("/api/session", new { token });
            var facts = await client.GetFromJsonAsync<JsonElement>("/api/reading/0/picture");
            Assert.Equal((64, 2), (facts.GetProperty("width").GetInt32(), facts.GetProperty("mpp").GetDouble()));
            // The field at its place, and nothing around it.
            var study = (await ReadingLog.OpenAsync(place)).Study;
            using var shown = ImageFile.Decode(await client.GetByteArrayAsync("/api/reading/0/picture.jpg"), "shown");
            using var field = PatchImage.ReadOne(study.Cases[study.Readers[0].Cases[0]].File);
            Assert.Equal((64, 64), (shown.Width, shown.Height));
            Assert.InRange(
                shown.Pixels.ToArray().Zip(field.Pixels.ToArray(), (a, b) => Math.Abs(a - b)).Average(),
                0,
                10
            );
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/slides")).StatusCode);
        }
        Assert.Contains(
            "1 reader, 4 readings",
            VerbCall.Run(0, "reading", "report", At("study"), "--bootstrap", "0").Output
        );
        // Another slide at the name of one holds the fields that are read of it.
        File.Copy(slides[1], slides[0], overwrite: true);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ReadingViewer.StartAsync(place, options));
        Assert.Contains(slides[0], error.Message);
        Assert.DoesNotContain(slides[1], error.Message);
    }

    [Fact]
    public void A_simulated_study_recovers_its_gain_and_says_that_it_was_simulated()
    {
        VerbCall.Run(0, "reading", "simulate", At("plan"), "--readers", "20", "--cases", "40");
        var report = VerbCall.Run(0, "reading", "report", At("plan"), "--bootstrap", "0").Output;
        Assert.Contains("the interval of Obuchowski and Rockette holds it", report);
        Assert.Contains("Simulated: nobody read this.", File.ReadAllText(At("plan-report/report.html")));
        var (rows, figures) = (
            File.ReadAllLines(At("plan-report/readings.csv")),
            File.ReadAllLines(At("plan-report/figures.csv"))
        );
        Assert.Equal(801, rows.Length);
        Assert.All(rows.Skip(1).Concat(figures.Skip(1)), row => Assert.Contains("simulated", row));
        Assert.Contains("was simulated: nobody reads it", VerbCall.Run(1, "view", At("plan")).Errors);
        Assert.Contains("1,601 rows", VerbCall.Run(0, "reading", "verify", At("plan")).Output);

        var drawn = VerbCall.Run(0, "reading", "simulate", "--readers", "4", "--cases", "20", "--studies", "20").Output;
        Assert.Contains("interval of Obuchowski and Rockette holds it", drawn);
        Assert.Contains("Name a study to make", VerbCall.Run(2, "reading", "simulate").Errors);
    }

    /// <summary>Servers before this one stored marks beyond the slide, which no page sets: they are false, and are counted.</summary>
    private async Task MarksOfOldRowsAsync(string[] make)
    {
        VerbCall.Run(0, make);
        var (log, study) = await ReadingLog.OpenAsync(ReadingPlace.Of(At("old"), null));
        using (log)
            await log.FillAsync(
                study,
                study.Cases.Select(
                    (c, i) =>
                    {
                        var first = new VerdictPost(c.Truth, 4, [.. Marks(c), new(3 * Side, 5, 5)], "");
                        return ("ada", i, first, first with { Marks = Marks(c) });
                    }
                )
            );
        const string beyond = "2 marks lie beyond the annotated slide, where no page sets one: counted as false marks.";
        var told = VerbCall.Run(0, "reading", "report", At("old"), "--bootstrap", "0").Output;
        Assert.Contains(beyond, told);
        Assert.Contains(beyond, await File.ReadAllTextAsync(At("old-report/report.html")));
        var figures = JsonDocument.Parse(await File.ReadAllTextAsync(At("old-report/figures.json"))).RootElement;
        Assert.Equal(2, figures.GetProperty("marks_beyond_slide").GetInt32());
        Assert.All(
            (await File.ReadAllLinesAsync(At("old-report/readings.csv"))).Skip(1).Select(l => l.Split(',')),
            row => Assert.Equal(("5", ""), (row[10], row[17])) // the false mark before, none after
        );
    }

    private async Task ReadAsync(Uri address, string token, bool errs) =>
        await ReadAsync(address, token, Marks, Marks, errs);

    private async Task ReadAsync(
        Uri address,
        string token,
        Func<ReadingCase, Mark[]> before,
        Func<ReadingCase, Mark[]> after,
        bool errs = false
    )
    {
        using var client = new HttpClient { BaseAddress = address };
        var session = await (
            await client.PostAsJsonAsync("/api/session", new { token })
        ).Content.ReadFromJsonAsync<JsonElement>();
        client.DefaultRequestHeaders.Add("X-Coverslip-Csrf", session.GetProperty("csrf").GetString());
        var order = (await ReadingLog.OpenAsync(ReadingPlace.Of(At("study"), null))).Study;
        var reader = order.Readers.Single(r => r.Name == session.GetProperty("visitor").GetString());
        foreach (var (place, number) in reader.Cases.Index())
        {
            var slide = order.Cases[number];
            async Task Post(string what, VerdictPost? verdict) =>
                Assert.True(
                    (await client.PostAsJsonAsync($"/api/reading/{place}/{what}", new { verdict })).IsSuccessStatusCode
                );
            var right = new VerdictPost(slide.Truth, 4, after(slide), "");
            var first = right with { Marks = before(slide) };
            await Post("open", null);
            await Post("verdict", errs && slide.Truth != "tumor" ? first with { Class = "tumor" } : first);
            await client.GetStringAsync($"/api/reading/{place}/machine");
            await Post("final", right);
        }
    }

    /// <summary>A mark on every lesion of the mask, whose pixels are 8 of the slide's wide.</summary>
    private Mark[] Marks(ReadingCase slide)
    {
        var file = At($"slides/masks/{Path.GetFileNameWithoutExtension(slide.Image)}.png");
        if (!File.Exists(file))
            return [];
        using var mask = MaskFile.Read(file);
        var map = LesionMap.Of(mask.Pixels, mask.Width, new LesionRules { Level = 3, MicronsPerPixel = 1 });
        return
        [
            .. Enumerable
                .Range(0, map.Width * map.Height)
                .Select(i => (X: i % map.Width, Y: i / map.Width))
                .Where(p => mask.Pixels[(p.Y * mask.Stride) + p.X] > 0)
                .DistinctBy(p => map.At(p.X, p.Y))
                .Select(p => new Mark(8 * p.X + 4, 8 * p.Y + 4, 4)),
        ];
    }

    private string At(string name) => Path.Combine(folder, name);

    [GeneratedRegex(@"^  (\w+)  (\S{43})$", RegexOptions.Multiline)]
    private static partial Regex Token();
}
