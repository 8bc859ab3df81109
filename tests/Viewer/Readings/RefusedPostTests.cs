using System.Net;
using System.Net.Http.Json;
using System.Text;
using Coverslip.Files;
using Coverslip.Viewer.Hosting;
using Coverslip.Viewer.Readings;
using Microsoft.EntityFrameworkCore;

namespace Coverslip.Viewer.Tests.Readings;

/// <summary>What is sent to a reading and cannot be stored: why is told, in a status and words that a reader can use.</summary>
public sealed class RefusedPostTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mark_beyond_what_is_looked_at_is_refused_and_the_last_pixel_is_not(bool pictures)
    {
        await using var study = pictures
            ? await PaintedStudy.ServePicturesAsync(2, ("ada", [0]))
            : await PaintedStudy.ServeAsync(1, ("ada", [0]));
        var (ada, side) = (await OpenedAsync(study), pictures ? 128 : 1024);
        Task<(HttpStatusCode, string)> Post(params Mark[] marks) =>
            PostAsync(ada, "verdict", new { verdict = InventedStudy.Verdict() with { Marks = marks } });
        var (status, said) = await Post(new Mark(1, 1, 5), new Mark(side, 7.5, 3));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains(
            $"mark 2 is at {side}, 7.5, and the {(pictures ? "picture" : "slide")} has {side} × {side} pixels",
            said
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Post(new Mark(3, 9e6, 3))).Item1);
        Assert.DoesNotContain(
            Actions.Verdict,
            await (await ReadingLog.OpenAsync(study.Place)).Log.RowsAsync().Select(r => r.What).ToListAsync(Stop)
        );
        Assert.Equal(HttpStatusCode.OK, (await Post(new Mark(side - 0.5, side - 1, 3))).Item1);
        // The second verdict, too.
        await ada.GetStringAsync("/api/reading/0/machine", Stop);
        var second = new { verdict = InventedStudy.Verdict() with { Marks = [new(0, side, 1)] } };
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(ada, "final", second)).Status);
    }

    [Fact]
    public async Task What_is_no_verdict_in_JSON_is_a_bad_request_that_says_where()
    {
        await using var study = await PaintedStudy.ServeAsync(1, ("ada", [0]));
        var ada = await OpenedAsync(study);
        async Task<(HttpStatusCode, string)> Post(string text, string type = "application/json")
        {
            using var body = new StringContent(text, Encoding.UTF8, type);
            using var answer = await ada.PostAsync("/api/reading/0/verdict", body, Stop);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
        }
        async Task Refused(string text, string said)
        {
            var (status, words) = await Post(text);
            Assert.Equal((HttpStatusCode.BadRequest, true), (status, words.Contains(said)));
            Assert.DoesNotContain("System.", words);
        }
        await Refused("""{"verdict":{"class":"tumor","confidence":"much"}}""", "at $.verdict.confidence (line 1, byte");
        await Refused("""{"verdict":""", "is no JSON of the form that is asked for");
        await Refused("", "is no JSON of the form");
        await Refused("null", "nothing was sent but null");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await Post("verdict=tumor", "text/plain")).Item1);
        var (status, said) = await Post("""{"verdict":{"class":"tumor","confidence":3,"marks":[null]}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("mark 1 is none", said);
        using var token = await new HttpClient().PostAsync(
            new Uri(study.Host.Address, "/api/session"),
            new StringContent("{", Encoding.UTF8, "application/json"),
            Stop
        );
        Assert.Equal(HttpStatusCode.BadRequest, token.StatusCode);
    }

    [Fact]
    public async Task A_slide_that_was_replaced_meanwhile_takes_no_verdict_until_it_is_back()
    {
        await using var study = await PaintedStudy.ServeAsync(2, ("ada", [0, 1]));
        var ada = await OpenedAsync(study);
        var file = study.Study.Cases[0].File;
        var verdict = new { verdict = InventedStudy.Verdict() };
        File.Move(file, file + ".kept");
        File.Copy(study.Study.Cases[1].File, file);
        foreach (var what in new[] { "open", "verdict" })
        {
            var (status, said) = await PostAsync(ada, what, verdict);
            Assert.Equal(HttpStatusCode.Conflict, status);
            Assert.Contains("was replaced by another", said);
            Assert.DoesNotContain(PaintedStudy.NameOf(0), said);
        }
        File.Delete(file);
        Assert.Contains("is not there any more", (await PostAsync(ada, "verdict", verdict)).Said);
        // What is there again counts, whenever it was written.
        File.Move(file + ".kept", file);
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(ada, "verdict", verdict)).Status);
        await ada.GetStringAsync("/api/reading/0/machine", Stop);
        File.Copy(study.Study.Cases[1].File, file, overwrite: true);
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(ada, "final", verdict)).Status);
    }

    [Fact]
    public async Task No_reading_starts_whose_machine_view_is_not_all_there()
    {
        await using var study = await PaintedStudy.ServeAsync(2, ("ada", [0, 1]));
        ValueTask<Exception?> Start() =>
            Record.ExceptionAsync(() => ReadingViewer.StartAsync(study.Place, new ViewerOptions { Port = 0 }));
        var map = Path.Combine(study.Study.Predictions, $"{PaintedStudy.NameOf(1)}-heatmap.npy");
        File.Move(map, map + ".kept");
        var missing = Assert.IsType<InvalidDataException>(await Start());
        Assert.Contains($"what the machine made of {study.Study.Cases[1].Image} is missing", missing.Message);
        Assert.DoesNotContain(study.Study.Cases[0].Image, missing.Message);
        File.Move(map + ".kept", map);
        Directory.Move(study.Study.Predictions, study.Study.Predictions + ".kept");
        var gone = Assert.IsType<DirectoryNotFoundException>(await Start());
        Assert.Contains(
            $"{study.Study.Predictions}: what the machine made of the cases of study is not there",
            gone.Message
        );
        Directory.Move(study.Study.Predictions + ".kept", study.Study.Predictions);

        var slide = study.Study.Cases[0].File;
        await using (var cut = File.OpenWrite(slide))
            cut.SetLength(cut.Length / 2);
        Assert.Contains("its contents differ", Assert.IsType<InvalidDataException>(await Start()).Message);
        // Cut off before the study was made: it is what it was, and nobody can look at it.
        var broken = study.Study with
        {
            Cases = [study.Study.Cases[0] with { Contents = FileContents.Read(slide) }, study.Study.Cases[1]],
        };
        var place = ReadingPlace.Of(Path.Combine(study.Folder, "broken"), null);
        (await ReadingLog.CreateAsync(place, broken)).Dispose();
        var error = await Assert.ThrowsAsync<InvalidDataException>(() =>
            ReadingViewer.StartAsync(place, new ViewerOptions { Port = 0 })
        );
        Assert.Contains(slide, error.Message);
        Assert.Contains("nobody can read it", error.Message);
    }

    [Fact]
    public async Task On_a_full_disk_a_reader_is_told_so_and_stores_the_same_verdict_once_there_is_space()
    {
        await using var study = await PaintedStudy.ServeAsync(1, ("ada", [0]));
        var ada = await OpenedAsync(study);
        // A row that needs a page more than there is.
        var verdict = new { verdict = InventedStudy.Verdict() with { Comment = new string('x', 4000) } };
        await AllowAsync(study.Place, pages: 1);
        var (status, said) = await PostAsync(ada, "verdict", verdict);
        Assert.Equal(HttpStatusCode.InsufficientStorage, status);
        Assert.Contains("the disk that the study lies on is full; tell the study's owner", said);
        Assert.DoesNotContain("Sqlite", said);
        Assert.DoesNotContain(study.Folder, said);
        await AllowAsync(study.Place, pages: 1_000_000);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(ada, "verdict", verdict)).Status);
        var log = (await ReadingLog.OpenAsync(study.Place)).Log;
        Assert.Null((await ActionChain.VerifyAsync(log.RowsAsync())).Fault);
    }

    /// <summary>Limits the file to so many pages, or to those that it has, for all connections that the server will take.</summary>
    private static async Task AllowAsync(ReadingPlace place, int pages)
    {
        var contexts = Enumerable.Range(0, 8).Select(_ => new ReadingContext(place.Options())).ToList();
        foreach (var context in contexts)
        {
            await context.Database.OpenConnectionAsync(Stop);
            await using var limit = context.Database.GetDbConnection().CreateCommand();
            limit.CommandText = $"PRAGMA max_page_count = {pages}";
            await limit.ExecuteNonQueryAsync(Stop);
        }
        // Connections go back to the pool, which gives them to whoever opens the same file next.
        foreach (var context in contexts)
            await context.DisposeAsync();
    }

    private static async Task<HttpClient> OpenedAsync(PaintedStudy study)
    {
        var ada = await BlindTests.SignInAsync(study, "ada");
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(ada, "open", new { })).Status);
        return ada;
    }

    private static async Task<(HttpStatusCode Status, string Said)> PostAsync(
        HttpClient client,
        string what,
        object body
    )
    {
        using var answer = await client.PostAsJsonAsync($"/api/reading/0/{what}", body, Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }
}
