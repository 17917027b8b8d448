using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>A server's certificate and key, and the authority that a client has to trust, in PEM.</summary>
internal sealed record ServerCertificate(string Pem, string KeyPem, string AuthorityPem);

/// <summary>A certificate authority that lives as long as the server, and the server's certificate under it. Nothing touches the
/// disk.</summary>
internal static class Certificates
{
    public static (X509Certificate2 Server, string AuthorityPem) Create(IEnumerable<string> names, TimeProvider time)
    {
        var pem = CreatePem(names, time);
        using var withKey = X509Certificate2.CreateFromPem(pem.Pem, pem.KeyPem);
        // Through PKCS#12: a key that only lives in memory cannot be used by TLS on every platform.
        return (X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null), pem.AuthorityPem);
    }

    /// <summary>For a server that is another program; the key is the caller's to hide.</summary>
    public static ServerCertificate CreatePem(IEnumerable<string> names, TimeProvider time)
    {
        // A day back: the client's clock may be behind ours.
        var from = time.GetUtcNow().AddDays(-1);
        var until = from.AddYears(1);

        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=gitops-operator-sandbox-ca", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authorityRequest.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        authorityRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, false));
        using var authority = authorityRequest.CreateSelfSigned(from, until);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kube-apiserver", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(AlternativeNames(names));
        using var issued = request.Create(authority, from, until, RandomNumberGenerator.GetBytes(16));
        return new(issued.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), authority.ExportCertificatePem());
    }

    private static X509Extension AlternativeNames(IEnumerable<string> names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (IPAddress.TryParse(name, out var address))
            {
                builder.AddIpAddress(address);
            }
            else
            {
                builder.AddDnsName(name);
            }
        }

        return builder.Build();
    }
}
