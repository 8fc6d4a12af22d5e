use std::net::Ipv4Addr;
use std::time::SystemTime;

use futures_util::future::BoxFuture;
use secrecy::ExposeSecret;

use super::*;

/// A clock that stands: no connection is over because of its time.
#[derive(Debug)]
struct Standing;

impl Clock for Standing {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    fn jitter(&self) -> f64 {
        0.0
    }
}

async fn ask(port: u16, target: &str) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    stream.write_all(format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn connections_that_say_nothing_do_not_delay_the_callback() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let clock: Arc<dyn Clock> = Arc::new(Standing);
    let browser = async {
        // A browser opens connections ahead, and asks for more than the page.
        let mut idle = Vec::new();
        for _ in 0..8 {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
            stream.write_all(b"GET /callback?code=half").await.unwrap();
            idle.push(stream);
            idle.push(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap());
        }
        let icon = ask(port, "/favicon.ico").await;
        let wrong = ask(port, "/callback?code=a&state=other").await;
        (icon, wrong, ask(port, "/callback?code=a&state=st").await, idle)
    };
    let (callback, (icon, wrong, right, _idle)) =
        futures_util::future::join(wait(&listener, "st", &clock), browser).await;
    assert_eq!((icon.as_str(), wrong.as_str()), ("HTTP/1.1 404 Not Found", "HTTP/1.1 400 Bad Request"));
    assert_eq!(right, "HTTP/1.1 200 OK");
    assert!(matches!(callback.unwrap(), Callback::Code(code) if code.expose_secret() == "a"));
}

fn code(target: &str) -> Result<String, &'static str> {
    match parse(&format!("GET {target} HTTP/1.1\r\nhost: x\r\n\r\n"), "st")? {
        Callback::Code(code) => Ok(code.expose_secret().to_owned()),
        Callback::Refused(reason) => Ok(format!("refused: {reason}")),
    }
}

#[test]
fn only_a_code_with_the_right_state_is_accepted() {
    assert_eq!(code("/callback?code=a%2Bb&state=st"), Ok("a+b".to_owned()));
    assert_eq!(code("/callback?error=access_denied&state=st"), Ok("refused: access_denied".to_owned()));
    for (target, status) in [
        ("/callback?code=a", "400 Bad Request"),
        ("/callback?code=a&state=other", "400 Bad Request"),
        ("/callback?code=&state=st", "400 Bad Request"),
        ("/callback?code=a&state=st2", "400 Bad Request"),
        ("/favicon.ico", "404 Not Found"),
        ("/", "404 Not Found"),
    ] {
        assert_eq!(code(target), Err(status), "{target}");
    }
    assert_eq!(
        parse("POST /callback?code=a&state=st HTTP/1.1\r\n\r\n", "st").unwrap_err(),
        "405 Method Not Allowed"
    );
}
