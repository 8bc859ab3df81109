using Coverslip.Files;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;
using Coverslip.Viewer.Hosting;
using Coverslip.Viewer.Pictures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coverslip.Viewer.Readings;

/// <summary>
/// Patches and radiographs that are read, and what the model drew of them: the pictures of cases that were opened, and the
/// model's of those with a first verdict. A case is named by its place in the reader's order: at one address another reader
/// sees another picture, so that no browser may keep one.
/// </summary>
internal sealed class CasePictureModule(ReadingDesk desk) : IViewerModule
{
    // Read once: a table and a folder. What a case is shown is held against its hash where it is revealed.
    private readonly Lazy<PictureMachine> drawn = new(() => PictureMachine.Of(desk.Study));

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet(
            "/reading/{place:int}/picture",
            (HttpContext http, int place) => With(http, place, c => Results.Json(Facts(c)))
        );
        api.MapGet(
            "/reading/{place:int}/picture.jpg",
            (HttpContext http, int place, double? low, double? high) =>
                With(http, place, c => Jpeg(WindowedPicture.Encode(c.File, 0, low ?? 0, high ?? 1)))
        );
        api.MapGet(
            "/reading/{place:int}/machine/{number:int}.jpg",
            (HttpContext http, int place, int number) =>
                Drawn(http, place, number, p => Jpeg(WindowedPicture.Encode(p.File, 0, 0, 1)))
        );
        api.MapGet(
            "/reading/{place:int}/machine/{number:int}.png",
            (HttpContext http, int place, int number) => Drawn(http, place, number, Mask)
        );
    }

    /// <summary>How large a study's pictures are.</summary>
    internal static Func<int, (long Width, long Height)> SizeOf(ReadingStudy study) =>
        number =>
        {
            using var stored = PatchImage.ReadOne(study.Cases[number].File, ImageReadOptions.AsStored);
            return (stored.Width, stored.Height);
        };

    private static object Facts(ReadingCase of)
    {
        using var stored = PatchImage.ReadOne(of.File, ImageReadOptions.AsStored);
        var (low, high) = WindowedPicture.RangeOf(stored);
        return new
        {
            width = stored.Width,
            height = stored.Height,
            gray = stored.Channels == 1,
            low,
            high,
            mpp = SlidePlace.Of(of.File)?.Mpp,
        };
    }

    private static IResult Mask(MachinePicture picture)
    {
        using var mask = MaskFile.Read(picture.File);
        return Results.Bytes(ImageFile.Encode(mask, ".png"), "image/png");
    }

    private IResult Drawn(HttpContext http, int place, int number, Func<MachinePicture, IResult> answer) =>
        With(
            http,
            place,
            c => drawn.Value.PicturesOf(c).ElementAtOrDefault(number) is { } p ? answer(p) : Missing(),
            machine: true
        );

    private IResult With(HttpContext http, int place, Func<ReadingCase, IResult> answer, bool machine = false)
    {
        // A page says whose it is: somebody else may have signed in at its browser meanwhile.
        if (http.Request.Query["reader"] is [{ } asked] && asked != Gate.VisitorOf(http).Name)
            return Results.Json(new { error = "another reader is signed in at this browser now" }, statusCode: 403);
        if (
            desk.Reader(Gate.VisitorOf(http).Name) is not { } reader
            || place < 0
            || place >= reader.Cases.Count
            || !desk.MaySee(reader.Name, reader.Cases[place])
        )
            return Missing();
        return !machine || desk.MaySeeMachine(reader.Name, reader.Cases[place])
            ? answer(desk.Study.Cases[reader.Cases[place]])
            : Results.Json(new { error = "this is shown once your own verdict is stored" }, statusCode: 403);
    }

    private static IResult Jpeg(byte[] bytes) => Results.Bytes(bytes, "image/jpeg");

    private static IResult Missing() => Results.Json(new { error = "there is no such case open" }, statusCode: 404);
}
