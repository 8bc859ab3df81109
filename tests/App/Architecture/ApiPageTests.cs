using Coverslip.Tests;

namespace Coverslip.App.Tests.Architecture;

public sealed class ApiPageTests
{
    private const string Refresh = "COVERSLIP_WRITE_DOCS";

    [Fact]
    public void The_page_of_the_public_types_is_that_of_the_source()
    {
        var file = Path.Combine(TestData.Root, "docs", "api.md");
        var text = ApiPage.Text();
        if (Environment.GetEnvironmentVariable(Refresh) is { Length: > 0 })
            File.WriteAllText(file, text);
        Assert.InRange(text.Length, 10_000, 1 << 20);
        Assert.True(
            File.ReadAllText(file) == text,
            $"docs/api.md shows other types than there are; '{Refresh}=1 ./coverslip test The_page_of_the_public_types' writes it"
        );
    }
}
