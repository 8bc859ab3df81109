using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Slides.Images;
using Coverslip.Viewer;
using Coverslip.Viewer.Hosting;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Tests.Commands;

/// <summary>Names of files that are more than letters.</summary>
[Collection("console")]
public sealed partial class ReadingNamesTests : IDisposable
{
    private static readonly string[] Names = ["a b #1 50%25 \"q\" 'ü'&<i>.png", "P.01, left.png", "two\nlines.png"];

    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Pictures_of_any_name_are_read_with_their_own_maps_and_reported()
    {
        foreach (var (i, name) in Names.Index())
            Paint(At(name), (byte)(50 * i));
        CsvTable.Write(
            At("cohort.csv"),
            ["image", "labels", "patient"],
            Names.Select((n, i) => (IEnumerable<string>)[n, i == 0 ? "tumor" : "effusion", $"P{i}"])
        );
        new Predictions(
            ["effusion", "tumor"],
            [.. Names.Select(n => new Prediction(n, "p", "tumor", "tumor", [0.2, 0.7]))]
        )
        {
            MultiLabel = true,
        }.Write(At("predictions/predictions.csv"));
        foreach (var (i, name) in Names.Index())
        foreach (var finding in new[] { "effusion", "tumor" })
            Paint(At($"predictions/overlays/{PictureName.Of(name, finding)}.png"), (byte)(100 + i));
        string[] make =
        [
            "--images",
            At("cohort.csv"),
            "--positive",
            "tumor",
            "--run",
            At("predictions"),
            "--readers",
            "ada",
        ];
        var told = VerbCall.Run(0, ["reading", "new", At("study"), "--order", "cohort", .. make]).Output;
        Assert.Contains("3 pictures, 1 reader; tumor is looked for", told);
        var place = ReadingPlace.Of(At("study"), null);
        await using (var host = await ReadingViewer.StartAsync(place, new ViewerOptions { Port = 0 }))
            await ReadAsync(host.Address, Token().Match(told).Groups[1].Value);
        VerbCall.Run(0, "reading", "report", At("study"), "--bootstrap", "0");
        var table = CsvTable.Read(At("study-report/readings.csv"));
        Assert.Equal(Names, table.Rows.Select(r => r.Fields[table.Require("image")]));
    }

    private static async Task ReadAsync(Uri address, string token)
    {
        using var client = new HttpClient { BaseAddress = address };
        var session = await (
            await client.PostAsJsonAsync("/api/session", new { token })
        ).Content.ReadFromJsonAsync<JsonElement>();
        client.DefaultRequestHeaders.Add("X-Coverslip-Csrf", session.GetProperty("csrf").GetString());
        for (var place = 0; place < Names.Length; place++)
        {
            async Task Post(string what) =>
                Assert.True(
                    (
                        await client.PostAsJsonAsync(
                            $"/api/reading/{place}/{what}",
                            new { verdict = new VerdictPost("tumor", 4, [], "") }
                        )
                    ).IsSuccessStatusCode
                );
            await Post("open");
            await Post("verdict");
            var machine = await client.GetFromJsonAsync<JsonElement>($"/api/reading/{place}/machine");
            // Of the finding that is looked for alone, whatever stands behind a point of the name.
            var map = Assert.Single(machine.GetProperty("pictures").EnumerateArray());
            Assert.Equal("activation map: tumor", map.GetProperty("name").GetString());
            using var drawn = ImageFile.Decode(
                await client.GetByteArrayAsync($"/api/reading/{place}/machine/0.jpg"),
                "map"
            );
            Assert.InRange(drawn.Pixels[0], 98 + place, 102 + place);
            await Post("final");
        }
    }

    private static void Paint(string file, byte gray)
    {
        using var image = new Image(32, 32, channels: 1);
        image.WritablePixels.Fill(gray);
        ImageFile.Write(file, image);
    }

    private string At(string name) => Path.Combine(folder, name);

    [GeneratedRegex(@"^  ada  (\S{43})$", RegexOptions.Multiline)]
    private static partial Regex Token();
}
