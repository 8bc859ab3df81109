using Coverslip.Learning.Reports;
using Coverslip.Viewer.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coverslip.Viewer.Readings;

/// <summary>
/// The addresses of a reading. A case is named by its place in the reader's own order, so that no address, name or number
/// tells what somebody else sees, or what a file is called.
/// </summary>
/// <param name="desk">Who is where.</param>
/// <param name="files">What is looked at.</param>
/// <param name="slides">What addresses call the slide of each case; null of pictures.</param>
internal sealed class ReadingModule(ReadingDesk desk, CaseFiles files, IReadOnlyList<string>? slides)
    : IViewerModule,
        IDisposable
{
    public void Dispose() => desk.Dispose();

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/reading", (Delegate)State);
        api.MapPost("/reading/{place:int}/open", (HttpContext http, int place) => With(http, place, OpenAsync));
        api.MapPost("/reading/{place:int}/verdict", (HttpContext http, int place) => With(http, place, FirstAsync));
        api.MapGet("/reading/{place:int}/machine", (HttpContext http, int place) => With(http, place, MachineAsync));
        api.MapPost("/reading/{place:int}/final", (HttpContext http, int place) => With(http, place, SecondAsync));
    }

    private async Task<IResult> State(HttpContext http)
    {
        if (desk.Reader(Gate.VisitorOf(http).Name) is not { } reader)
            return Refused(403, "this token is no reader's");
        return await Stored(async () =>
        {
            await desk.RefreshAsync(reader.Name);
            return new
            {
                study = desk.Study.Name,
                reader = reader.Name,
                classes = desk.Study.Classes,
                cases = reader.Cases.Count,
                finished = reader.Cases.Count(c => desk.StageOf(reader.Name, c) == Stage.Finished),
                current = desk.Current(reader),
            };
        });
    }

    private async Task<IResult> With(
        HttpContext http,
        int place,
        Func<HttpContext, ReadingReader, int, Task<object>> act
    )
    {
        if (desk.Reader(Gate.VisitorOf(http).Name) is not { } reader)
            return Refused(403, "this token is no reader's");
        if (place < 0 || place >= reader.Cases.Count)
            return Refused(404, $"{reader.Name} has {FigureText.Count(reader.Cases.Count, "case")}");
        return await Stored(async () =>
        {
            await desk.RefreshAsync(reader.Name);
            return desk.Current(reader) is { } current && place > current
                ? throw new BadHttpRequestException(
                    $"case {place + 1} comes after case {current + 1}, which is not finished",
                    StatusCodes.Status403Forbidden
                )
                : await act(http, reader, reader.Cases[place]);
        });
    }

    private static async Task<IResult> Stored(Func<Task<object>> act)
    {
        try
        {
            return Results.Json(await act());
        }
        catch (OutOfOrderException error)
        {
            return Refused(StatusCodes.Status409Conflict, error.Message);
        }
        catch (StudyStoreException error)
        {
            throw new BadHttpRequestException(
                error.ForReaders,
                error.IsFull ? StatusCodes.Status507InsufficientStorage : StatusCodes.Status503ServiceUnavailable,
                error
            );
        }
    }

    private async Task<object> OpenAsync(HttpContext http, ReadingReader reader, int number)
    {
        files.Check(number);
        await desk.OpenAsync(reader, number);
        return new
        {
            slide = slides?[number], // null of a picture, which its place names
            stage = $"{desk.StageOf(reader.Name, number)}",
            first = await desk.FirstOf(reader, number),
        };
    }

    private async Task<object> FirstAsync(HttpContext http, ReadingReader reader, int number)
    {
        var sent = await Read(http, number);
        await desk.VerdictAsync(reader, number, sent.Verdict, sent.Viewport);
        return new { stage = $"{desk.StageOf(reader.Name, number)}" };
    }

    private async Task<object> MachineAsync(HttpContext http, ReadingReader reader, int number) =>
        await desk.RevealAsync(reader, number);

    private async Task<object> SecondAsync(HttpContext http, ReadingReader reader, int number)
    {
        var sent = await Read(http, number);
        await desk.FinalAsync(reader, number, sent.Verdict, sent.Viewport);
        return new { stage = $"{desk.StageOf(reader.Name, number)}" };
    }

    private async Task<Sent> Read(HttpContext http, int number)
    {
        var sent = await Requests.BodyOf<Sent>(http);
        (sent.Verdict ?? throw new ArgumentException("no verdict was sent")).Check(desk.Study);
        files.Check(number);
        files.CheckMarks(number, sent.Verdict.Marks ?? []);
        return sent.Viewport is { Length: > 200 } ? throw new ArgumentException("the viewport is no viewport") : sent;
    }

    private static IResult Refused(int status, string error) => Results.Json(new { error }, statusCode: status);

    private sealed record Sent(VerdictPost Verdict, string? Viewport);
}
