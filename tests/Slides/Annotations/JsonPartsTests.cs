using System.Text;
using System.Text.Json;
using Coverslip.Slides.Annotations;

namespace Coverslip.Slides.Tests.Annotations;

public sealed class JsonPartsTests
{
    [Fact]
    public void Parts_are_found_in_any_order_and_equal_those_of_the_document()
    {
        const string text =
            """ { "features" : [ {"a":[1,{"b":2}]} , 3, "x,]" ] , "name":"\u00e9]", "type":"FeatureCollection", "n":{"k":[]} } """;
        var parts = JsonParts.Of(Encoding.UTF8.GetBytes(text));
        using var whole = JsonDocument.Parse(text);
        Assert.Equal(
            whole.RootElement.EnumerateObject().Select(m => (m.Name, m.Value.GetRawText())),
            parts.Members.Select(m => (m.Name, Encoding.UTF8.GetString(m.Value.Span)))
        );
        Assert.Equal(
            whole.RootElement.GetProperty("features").EnumerateArray().Select(e => e.GetRawText()),
            parts.ItemsOf("features")!.Select(m => Encoding.UTF8.GetString(m.Span))
        );
        Assert.Equal(("FeatureCollection", "é]"), (parts.Text("type"), parts.Text("name")));
        Assert.Null(parts.Text("n"));
        Assert.Null(parts.ItemsOf("n"));
        Assert.Null(parts.ItemsOf("missing"));
    }

    [Theory]
    [InlineData("[1, 2")]
    [InlineData("""{"type":"FeatureCollection","features":[{"a":1},]}""")]
    [InlineData("""{"a":1} x""")]
    [InlineData("""{"a":1""")]
    public void What_is_no_JSON_anywhere_is_refused_before_anything_is_read(string text) =>
        Assert.ThrowsAny<JsonException>(() => JsonParts.Of(Encoding.UTF8.GetBytes(text)));
}
