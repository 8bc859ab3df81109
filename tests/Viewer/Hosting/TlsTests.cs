using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coverslip.Viewer.Hosting;

namespace Coverslip.Viewer.Tests.Hosting;

/// <summary>Listening to others with a certificate that somebody made for himself.</summary>
public sealed class TlsTests(ViewedPhantoms phantoms)
{
    [Fact]
    public async Task With_a_certificate_https_alone_answers_and_a_token_is_needed()
    {
        using var certificate = SelfMade();
        await using var viewer = await RunningViewer.StartAsync(
            phantoms.Folder,
            new ViewerOptions { Address = IPAddress.Any, Certificate = certificate }
        );
        // What is printed can be opened elsewhere: this machine's name, and https.
        Assert.Equal("https", viewer.Entry.Scheme);
        Assert.Equal(Dns.GetHostName(), viewer.Entry.Host);
        Assert.StartsWith("?token=", viewer.Entry.Query);

        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == certificate.Thumbprint,
            AllowAutoRedirect = false,
        };
        using var client = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{viewer.Entry.Port}") };
        using var without = await client.GetAsync("/api/slides");
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        using var entered = await client.GetAsync(viewer.Entry.PathAndQuery);
        Assert.Contains("secure", Assert.Single(entered.Headers.GetValues("Set-Cookie")));
        using var list = await client.GetAsync("/api/slides");
        Assert.Equal(HttpStatusCode.OK, list.StatusCode);

        using var plain = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            plain.GetAsync($"http://127.0.0.1:{viewer.Entry.Port}/health")
        );
    }

    private static X509Certificate2 SelfMade()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=slides", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
