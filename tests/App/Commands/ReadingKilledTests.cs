using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Coverslip.Files;
using Coverslip.Slides.Formats;
using Coverslip.Tests;
using Coverslip.Viewer;
using Coverslip.Viewer.Hosting;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Tests.Commands;

/// <summary>SIGKILL of the server while fifty readers give a thousand verdicts: each that was acknowledged is there.</summary>
public sealed class ReadingKilledTests(PostgresServer postgres) : IClassFixture<PostgresServer>, IDisposable
{
    private const int Readers = 50,
        Cases = 20,
        KilledAfter = 100;

    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_acknowledged_verdict_is_there_after_the_server_was_killed(bool database)
    {
        Assert.SkipWhen(database && postgres.Missing is not null, postgres.Missing ?? "");
        var place = database
            ? ReadingPlace.Of("study", postgres.NewDatabase())
            : ReadingPlace.Of(Path.Combine(folder, "study"), null);
        var made = Enumerable
            .Range(0, Readers)
            .Select(r => ReadingReader.Create($"reader {r}", [.. Enumerable.Range(0, Cases)]))
            .ToList();
        await ReadingLog.CreateAsync(place, Study(made.Select(m => m.Reader)));
        var acknowledged = new ConcurrentBag<(string Reader, int Case)>();
        using (var server = Serve(place, out var address))
        {
            var readers = made.Select(m => ReadAsync(address, m.Reader.Name, m.Token, acknowledged)).ToList();
            while (acknowledged.Count < KilledAfter && !readers.All(r => r.IsCompleted))
                await Task.Delay(5, Stop);
            server.Kill();
            await Task.WhenAll(readers);
        }
        Assert.InRange(acknowledged.Count, KilledAfter, Readers * Cases - 1);

        var (log, study) = await ReadingLog.OpenAsync(place);
        var (rows, _, fault) = await ActionChain.VerifyAsync(log.RowsAsync());
        Assert.Null(fault);
        Assert.True(rows > 2 * acknowledged.Count);
        var stored = await log.RowsAsync().Where(r => r.What == Actions.Verdict).ToListAsync(Stop);
        var numbers = study.Cases.Index().ToDictionary(c => c.Item.Contents, c => c.Index);
        Assert.Empty(acknowledged.Except(stored.Select(r => (r.Who, numbers[r.Slide!]))));
        Assert.Equal(stored.Count, stored.DistinctBy(r => (r.Who, r.Slide)).Count());

        // A server that is started anew goes on where the one before was.
        await using var again = await ReadingViewer.StartAsync(place, new ViewerOptions { Port = 0 });
        using var client = await SignInAsync(again.Address, made[0].Token);
        var state = await client.GetFromJsonAsync<JsonElement>("/api/reading", Stop);
        var done = stored.Count(r => r.Who == study.Readers[0].Name);
        Assert.InRange(state.GetProperty("current").GetInt32(), done - 1, done);
    }

    /// <summary>Gives verdicts until the server is gone.</summary>
    private static async Task ReadAsync(
        Uri address,
        string reader,
        string token,
        ConcurrentBag<(string, int)> acknowledged
    )
    {
        try
        {
            using var client = await SignInAsync(address, token);
            var body = new { verdict = new VerdictPost("tumor", 3, [], "") };
            for (var i = 0; i < Cases; i++)
            {
                await PostAsync(client, $"/api/reading/{i}/open", body);
                await PostAsync(client, $"/api/reading/{i}/verdict", body);
                acknowledged.Add((reader, i));
                await client.GetStringAsync($"/api/reading/{i}/machine", Stop);
                await PostAsync(client, $"/api/reading/{i}/final", body);
            }
        }
        catch (HttpRequestException error) when (error.StatusCode is null)
        {
            // The server was killed.
        }
    }

    private static async Task PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<HttpClient> SignInAsync(Uri address, string token)
    {
        var client = new HttpClient { BaseAddress = address };
        using var answer = await client.PostAsJsonAsync("/api/session", new { token }, Stop);
        var session = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        client.DefaultRequestHeaders.Add("X-Coverslip-Csrf", session.GetProperty("csrf").GetString());
        return client;
    }

    private static Process Serve(ReadingPlace place, out Uri address)
    {
        string[] words = place.Server is { } server
            ? ["view", place.Study, "--database", server]
            : ["view", place.File!];
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "coverslip"), words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        address = new Uri(
            process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the server did not start")
        );
        return process;
    }

    /// <summary>Of slides that nobody looks at.</summary>
    private ReadingStudy Study(IEnumerable<ReadingReader> readers)
    {
        ReadingCase Of(int i)
        {
            var slide = Path.Combine(folder, $"{i}.tif");
            PyramidWriter.Write(
                slide,
                32,
                32,
                new PyramidOptions(),
                (_, _, tile) => tile.WritablePixels.Fill((byte)(100 + i))
            );
            File.WriteAllText(Path.Combine(folder, $"{i}-heatmap.json"), """{"class":"tumor","probability":0.5}""");
            return new ReadingCase($"{i}.tif", slide, FileContents.Read(slide), $"p{i}", "tumor")
            {
                Machine = MachineView.ContentsOf(folder, slide),
            };
        }
        return new ReadingStudy
        {
            Name = "study",
            Cohort = "cohort.csv",
            Predictions = folder,
            Model = "model",
            Classes = ["normal", "tumor"],
            Positive = "tumor",
            Cases = [.. Enumerable.Range(0, Cases).Select(Of)],
            Readers = [.. readers],
        };
    }
}
