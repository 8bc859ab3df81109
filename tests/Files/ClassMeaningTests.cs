namespace Coverslip.Files.Tests;

/// <summary>What names mean, and what they do not.</summary>
public sealed class ClassMeaningTests
{
    [Theory]
    [InlineData("Tumor")]
    [InlineData("tumour")]
    [InlineData("Tumoren")]
    [InlineData("TUMEUR")]
    [InlineData("tümör")]
    [InlineData("métastases")]
    [InlineData("cáncer")]
    [InlineData("Karzinom")]
    [InlineData("Tumor: Positive")]
    [InlineData("Tumor (layer 3)")]
    [InlineData("invasive carcinoma")]
    [InlineData("tumor_region 2")]
    [InlineData("_0")]
    [InlineData("_1")]
    [InlineData("肿瘤")]
    public void Tumor_in_several_spellings(string name) => Assert.True(ClassMeaning.IsTumor(name));

    [Theory]
    [InlineData("")]
    [InlineData("_2")]
    [InlineData("Stroma")]
    [InlineData("Region*")]
    [InlineData("Tissue")]
    [InlineData("Ignore*")]
    [InlineData("non-tumor")]
    [InlineData("peritumoral")]
    [InlineData("tumor stroma")]
    [InlineData("benign tumor")]
    [InlineData("Tumor bed")]
    [InlineData("Necrosis")]
    [InlineData("carcinoma in situ")]
    public void Nothing_is_guessed(string name) => Assert.False(ClassMeaning.IsTumor(name));

    [Theory]
    [InlineData("adenoma", "normal", "adenoma")]
    [InlineData("malignant", "benign", "malignant")]
    [InlineData("benign", "normal", "benign")]
    [InlineData("Normal", "Tumour", "Tumour")]
    [InlineData("0", "1", "1")]
    [InlineData("negative", "her2 positive", "her2 positive")]
    [InlineData("nonresponder", "responder", "responder")]
    [InlineData("responder", "non-responder", "responder")]
    [InlineData("ER+", "ER-", "ER+")]
    [InlineData("cancer", "stroma", "cancer")]
    [InlineData("a", "b", null)]
    [InlineData("class0", "class1", null)]
    [InlineData("1", "2", null)]
    [InlineData("carcinoma", "metastasis", null)]
    public void The_positive_of_two_whichever_stands_first(string a, string b, string? positive)
    {
        Assert.Equal(positive, ClassMeaning.PositiveOf([a, b]));
        Assert.Equal(positive, ClassMeaning.PositiveOf([b, a]));
        Assert.Null(ClassMeaning.PositiveOf([a, b, "c"]));
    }

    [Fact]
    public void Spellings_of_one_name_are_refused_with_all_of_them()
    {
        ClassMeaning.CheckSpellings(["Tumor", "Tumor", "ER+", "ER-", "Normal"], "t.csv");
        var error = Assert.Throws<InvalidDataException>(() =>
            ClassMeaning.CheckSpellings(["Tumour", "tumor", "tumor", "a b", "AB", "x"], "t.csv")
        );
        Assert.Equal(
            "t.csv: labels that differ in case, blanks or spelling only: 'Tumour' (1) and 'tumor' (2); 'a b' (1) and 'AB' (1); "
                + "write each in one way",
            error.Message
        );
    }
}
