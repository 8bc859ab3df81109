using System.Text.Json.Serialization;

namespace Coverslip.Slides.Stain;

/// <summary>How an image's stain is brought to that of a reference.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StainMethod>))]
public enum StainMethod
{
    /// <summary>Two stains, as the extreme directions of the tissue's densities (Macenko et al. 2009).</summary>
    [JsonStringEnumMemberName("macenko")]
    Macenko,

    /// <summary>Two stains, by sparse non-negative factors of the densities (Vahadane et al. 2016).</summary>
    [JsonStringEnumMemberName("vahadane")]
    Vahadane,

    /// <summary>Mean and deviation of each channel of L*a*b* (after Reinhard et al. 2001).</summary>
    [JsonStringEnumMemberName("reinhard")]
    Reinhard,
}
