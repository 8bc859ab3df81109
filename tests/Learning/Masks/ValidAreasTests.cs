using Coverslip.Learning.Masks;

namespace Coverslip.Learning.Tests.Masks;

public sealed class ValidAreasTests
{
    // Two colors in equal parts: mean and deviation are exact.
    private static Area AreaOf((byte R, byte G, byte B) low, (byte R, byte G, byte B) high)
    {
        byte[] pixels = [low.R, low.G, low.B, high.R, high.G, high.B];
        return Assert.Single(ValidAreas.Judge(pixels, [0, 0], 1, MaskRules.Published));
    }

    [Fact]
    public void Figures_are_means_and_population_deviations()
    {
        var area = AreaOf((100, 60, 90), (180, 140, 170));
        Assert.Equal((140.0 + 100 + 130) / 3, area.Brightness, 9);
        Assert.Equal((140.0 + 130) / 2 - 100, area.Redness, 9);
        Assert.Equal(40, area.Texture, 9);
        Assert.Equal(MaskRule.None, area.Failed);
        Assert.True(area.Valid);
    }

    [Fact]
    public void Each_rule_removes_alone()
    {
        Assert.Equal(MaskRule.Dark, AreaOf((30, 30, 30), (110, 110, 110)).Failed);
        Assert.Equal(MaskRule.Blank, AreaOf((150, 150, 150), (230, 230, 230)).Failed);
        Assert.Equal(MaskRule.Red, AreaOf((110, 60, 110), (190, 140, 190)).Failed);
        Assert.Equal(MaskRule.Smooth, AreaOf((100, 80, 100), (120, 100, 120)).Failed);
    }

    [Fact]
    public void The_limits_themselves_are_as_published()
    {
        var rules = MaskRules.Published;
        Assert.Equal(MaskRule.None, rules.Judge(78, 37, 35.001));
        Assert.Equal(MaskRule.None, rules.Judge(158, 37, 35.001));
        Assert.Equal(MaskRule.Smooth, rules.Judge(100, 0, 35));
        Assert.Equal(MaskRule.Red, rules.Judge(100, 37.001, 36));
    }

    [Fact]
    public void An_area_is_removed_by_the_first_rule_and_all_are_listed()
    {
        var area = AreaOf((220, 100, 220), (222, 102, 222));
        Assert.Equal(MaskRule.Blank | MaskRule.Red | MaskRule.Smooth, area.Failed);
        Assert.Equal(MaskRule.Blank, area.RemovedBy);
        Assert.Contains("blank (181 > 158)", area.Describe(MaskRules.Published));
    }

    [Fact]
    public void The_mask_is_the_union_of_valid_areas()
    {
        byte[] pixels = [100, 60, 90, 180, 140, 170, 250, 250, 250];
        byte[] labels = [2, 2, 0];
        var areas = ValidAreas.Judge(pixels, labels, 3, MaskRules.Published);
        Assert.Equal([0, 2], areas.Select(a => a.Label));
        Assert.Equal([255, 255, 0], ValidAreas.Union(labels, areas));
    }

    [Fact]
    public void Rules_survive_their_file_and_wrong_ones_are_refused()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        try
        {
            var rules = new MaskRules
            {
                Low = 50,
                High = 210.5,
                Red = 90,
                Smooth = 12,
                Origin = new("cohort.csv", "abc", 12, 1, 0.9),
            };
            File.WriteAllText(path, rules.ToJson());
            Assert.Equal(rules, MaskRules.Read(path));
            File.WriteAllText(path, """{ "low": 200, "high": 100 }""");
            Assert.Contains(
                "no area can pass",
                Assert.Throws<InvalidDataException>(() => MaskRules.Read(path)).Message
            );
            File.WriteAllText(path, """{ "lowest": 200 }""");
            Assert.Contains("lowest", Assert.Throws<InvalidDataException>(() => MaskRules.Read(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
